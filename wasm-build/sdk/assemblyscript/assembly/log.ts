import * as host from "./host";
import { Level } from "./numbers";
import { Text } from "./text";

/**
 * Writes one line to the log of the call. The host keeps a bounded number of
 * lines, and of each the first kilobyte.
 */
export function log(level: Level, line: string): void {
  const text = new Text(line);
  host.log(level, text.at, text.len);
}

/** Ends the call with a message. */
export function fail(message: string): void {
  const text = new Text(message);
  host.fail(text.at, text.len);
  unreachable();
}

/**
 * Returns the digest of data by md5, sha1, sha256, sha384 or sha512. The host
 * computes it, many times faster than the module would.
 */
export function digest(algorithm: string, data: Uint8Array): Uint8Array {
  const name = new Text(algorithm);
  const sum = new Uint8Array(64);
  const len = host.digest(name.at, name.len, data.dataStart, data.length, sum.dataStart, sum.length);
  return sum.subarray(0, len);
}
