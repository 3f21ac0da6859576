import * as host from "./host";
import { Field, ONLY } from "./numbers";
import { Text, buffer, decode, BUFFER_SIZE } from "./text";

/**
 * A piece of text that the host holds, together with the place it came from: from
 * that the host computes what a signature covers. Values belong to a claim.
 *
 * A value of a place that is absent is a value too: a signature of it counts as
 * not sent, a message with it cannot have been signed.
 */
export class Value {
  constructor(readonly handle: i32) {}

  /** Refers to a field of the request that is there once. */
  static of(field: Field, name: string = ""): Value {
    const n = new Text(name);
    return new Value(host.value(field, n.at, n.len, ONLY));
  }

  /** Refers to a header field that is there once. */
  static header(name: string): Value {
    return Value.of(Field.Header, name);
  }

  /** Refers to the scalar at a dotted path of the body. */
  static json(path: string): Value {
    return Value.of(Field.JSON, path);
  }

  /** A value that the rule makes up; no signature covers it. */
  static text(text: string): Value {
    const t = new Text(text);
    return new Value(host.value_text(t.at, t.len));
  }

  /**
   * Returns the value without a prefix. Where the prefix is not there, the value
   * is malformed, and so is a signature of it.
   */
  strip(prefix: string): Value {
    const p = new Text(prefix);
    return new Value(host.value_strip(this.handle, p.at, p.len));
  }

  /** Returns the n-th piece between separators, from 0, absent beyond the last. */
  split(separator: string, n: i32): Value {
    const s = new Text(separator);
    return new Value(host.value_split(this.handle, s.at, s.len, n));
  }

  /** Returns what follows "key=" in the n-th of the pieces that begin so. */
  member(separator: string, key: string, n: i32 = 0): Value {
    const s = new Text(separator);
    const k = new Text(key);
    return new Value(host.value_member(this.handle, s.at, s.len, k.at, k.len, n));
  }

  /**
   * Returns a piece of a JSON Web Signature whose algorithm is pinned, as JWS names
   * it ("ES256"): "input", which is what is signed, "signature", or the scalar at
   * "header.PATH" or "claims.PATH".
   */
  jws(algorithm: string, piece: string): Value {
    const a = new Text(algorithm);
    const p = new Text(piece);
    return new Value(host.value_jws(this.handle, a.at, a.len, p.at, p.len));
  }

  /** Returns the one of two values that is there. Where both are, neither counts. */
  or(other: Value): Value {
    return new Value(host.value_or(this.handle, other.handle));
  }

  /** Returns the reason for which the value is there and cannot count, empty if it can. */
  fault(): string {
    const text = decode(buffer, host.value_fault(this.handle, changetype<usize>(buffer), BUFFER_SIZE));
    return text !== null ? text : "";
  }

  /** Returns the text of the value, null where there is none; see lastResult. */
  read(): string | null {
    const n = host.value_read(this.handle, changetype<usize>(buffer), BUFFER_SIZE);
    if (n <= BUFFER_SIZE) return decode(buffer, n);
    const bytes = new ArrayBuffer(n);
    return decode(bytes, host.value_read(this.handle, changetype<usize>(bytes), n));
  }
}
