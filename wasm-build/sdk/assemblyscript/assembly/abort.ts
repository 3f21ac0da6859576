import { fail } from "./log";

/** Takes the place of the runtime's abort: what went wrong becomes the error. */
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  fail((message ? message : "aborted") + " (" + (file ? file : "") + ":" + line.toString() + ")");
}
