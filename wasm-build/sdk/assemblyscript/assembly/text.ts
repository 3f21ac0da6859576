import { Result } from "./numbers";

/** A text in UTF-8, as the host takes it. */
export class Text {
  private bytes: ArrayBuffer;

  constructor(text: string) {
    this.bytes = String.UTF8.encode(text);
  }

  get at(): usize {
    return changetype<usize>(this.bytes);
  }

  get len(): i32 {
    return this.bytes.byteLength;
  }
}

let last: Result = Result.OK;

/** Says why the text that was read last is null. */
export function lastResult(): Result {
  return last;
}

/** What getters write into first. */
export const BUFFER_SIZE: i32 = 256;
export const buffer = new ArrayBuffer(BUFFER_SIZE);

/**
 * Returns the n bytes that a getter wrote, null for a negative result. Bytes that
 * are not UTF-8 come as U+FFFD.
 */
export function decode(bytes: ArrayBuffer, n: i32): string | null {
  last = n < 0 ? <Result>n : Result.OK;
  if (n < 0) return null;
  const at = changetype<usize>(bytes);
  return valid(at, n) == n ? String.UTF8.decodeUnsafe(at, n) : replaced(at, n);
}

/** Returns how many bytes from the start are UTF-8. */
function valid(at: usize, n: i32): i32 {
  let i = 0;
  while (i < n) {
    const len = sequence(at + i, n - i);
    if (len == 0) break;
    i += len;
  }
  return i;
}

/**
 * Returns the length of the sequence at a place, 0 for what is none. The runtime
 * takes a lead byte's word for it, and would swallow what follows.
 */
function sequence(at: usize, n: i32): i32 {
  const lead = load<u8>(at);
  if (lead < 0x80) return 1;
  const len = lead < 0xc2 || lead > 0xf4 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (len == 0 || len > n) return 0;
  const second = load<u8>(at, 1);
  const least: u8 = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const most: u8 = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most) return 0;
  for (let i = 2; i < len; i++) if ((load<u8>(at + i) & 0xc0) != 0x80) return 0;
  return len;
}

/** Returns the text with U+FFFD for each byte that belongs to no sequence. */
function replaced(at: usize, n: i32): string {
  let text = "";
  for (let from = 0; from < n; ) {
    const len = valid(at + from, n - from);
    text += String.UTF8.decodeUnsafe(at + from, len);
    from += len;
    if (from < n) {
      text += "\uFFFD";
      from++;
    }
  }
  return text;
}
