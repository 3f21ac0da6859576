// Replaces the values of some members of a JSON body, wherever they stand, by
// "[redacted]", and leaves every other byte as it is. The setting "members" names
// them, with commas between; the setting "drop" names a type of event that is not
// sent on at all. The header X-Redacted says how many were replaced.
//
// It looks for strings and brackets alone and is no validator. A name that is
// written with an escape may be any name, and so its value is replaced too.

import { Event, Level, fail, log } from "../assembly";

const MARK = Uint8Array.wrap(String.UTF8.encode('"[redacted]"'));

// Characters of JSON.
const QUOTE: u8 = 0x22;
const COMMA: u8 = 0x2c;
const COLON: u8 = 0x3a;
const BACKSLASH: u8 = 0x5c;

export function transform(): i32 {
  const event = new Event();
  const members = event.setting("members");
  if (!members) {
    fail('the setting "members" is missing');
    return 1;
  }
  const drop = event.setting("drop");
  if (drop && drop.length > 0 && drop == event.type) {
    log(Level.Info, "dropped by its type");
    return 0;
  }
  const redaction = new Redaction(event.body(), members);
  redaction.run();
  event.emit(redaction.out.subarray(0, redaction.len));
  event.emitHeader("X-Redacted", redaction.count.toString());
  return 0;
}

function isSpace(c: u8): bool {
  return c == 0x20 || c == 0x0a || c == 0x0d || c == 0x09;
}

// isOpening and isClosing know both brackets: they differ in one bit.
function isOpening(c: u8): bool {
  return (c | 0x20) == 0x7b;
}

function isClosing(c: u8): bool {
  return (c | 0x20) == 0x7d;
}

class Redaction {
  out: Uint8Array;
  len: i32 = 0;
  count: i32 = 0;
  private members: Uint8Array[] = [];

  constructor(private body: Uint8Array, members: string) {
    this.out = new Uint8Array(body.length + 256);
    const list = members.split(",");
    for (let i = 0; i < list.length; i++) this.members.push(Uint8Array.wrap(String.UTF8.encode(list[i])));
  }

  run(): void {
    const body = this.body;
    let kept = 0;
    let depth = 0;
    let i = this.skipSpace(0);
    if (i == body.length) this.notJSON();
    while (i < body.length) {
      const c = unchecked(body[i]);
      if (isOpening(c)) {
        depth++;
      } else if (depth == 0 && !isSpace(c)) {
        this.notJSON();
      } else if (isClosing(c)) {
        depth--;
      } else if (c == QUOTE) {
        const end = this.endOfString(i);
        const colon = this.skipSpace(end);
        if (colon < body.length && body[colon] == COLON && this.named(i + 1, end - 1)) {
          const value = this.skipSpace(colon + 1);
          this.put(body, kept, value);
          this.put(MARK, 0, MARK.length);
          i = kept = this.endOfValue(value);
          this.count++;
        } else {
          i = end;
        }
        continue;
      }
      i++;
    }
    if (depth != 0) this.notJSON();
    this.put(body, kept, body.length);
  }

  private notJSON(): void {
    fail("the body is not a JSON object or array");
  }

  private put(bytes: Uint8Array, from: i32, to: i32): void {
    const end = this.len + to - from;
    if (end > this.out.length) {
      const larger = new Uint8Array(2 * end);
      larger.set(this.out);
      this.out = larger;
    }
    memory.copy(this.out.dataStart + this.len, bytes.dataStart + from, to - from);
    this.len = end;
  }

  // named says whether the member's name, as it is written, is one of the list.
  private named(from: i32, to: i32): bool {
    for (let i = from; i < to; i++) if (unchecked(this.body[i]) == BACKSLASH) return true;
    for (let i = 0; i < this.members.length; i++) {
      const member = this.members[i];
      if (member.length == to - from && memory.compare(member.dataStart, this.body.dataStart + from, to - from) == 0) return true;
    }
    return false;
  }

  private skipSpace(i: i32): i32 {
    while (i < this.body.length && isSpace(unchecked(this.body[i]))) i++;
    return i;
  }

  // endOfString returns what follows the string that begins at i.
  private endOfString(i: i32): i32 {
    const body = this.body;
    for (i++; i < body.length; i++) {
      const c = unchecked(body[i]);
      if (c == QUOTE) return i + 1;
      if (c == BACKSLASH) i++;
    }
    this.notJSON();
    return i;
  }

  // endOfValue returns what follows the value that begins at i.
  private endOfValue(i: i32): i32 {
    const body = this.body;
    let depth = 0;
    for (; i < body.length; i++) {
      const c = unchecked(body[i]);
      if (c == QUOTE) {
        i = this.endOfString(i) - 1;
        if (depth == 0) return i + 1;
      } else if (isOpening(c)) {
        depth++;
      } else if (depth == 0 && (c == COMMA || isClosing(c) || isSpace(c))) {
        return i;
      } else if (isClosing(c) && --depth == 0) {
        return i + 1;
      }
    }
    this.notJSON();
    return i;
  }
}
