/**
 * Write hookseal modules in AssemblyScript. A module exports one or both hooks,
 * each of which returns 0:
 *
 *   import { Event } from "hookseal/assembly";
 *
 *   export function transform(): i32 {
 *     const event = new Event();
 *     event.emit(event.body(), "seen." + event.type);
 *     return 0;
 *   }
 *
 * Every call begins in the state in which the module started: nothing is left of
 * the call before, and the stub runtime, which frees nothing, is the right one.
 */
import "./abort";

export { Claim, Check } from "./claim";
export { digest, fail, log } from "./log";
export { Event, Request } from "./message";
export { Encoding, Field, Level, Result, TimeUnit } from "./numbers";
export { lastResult } from "./text";
export { Value } from "./value";
