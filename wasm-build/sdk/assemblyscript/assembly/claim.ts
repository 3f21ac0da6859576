import * as host from "./host";
import { Bound, Encoding, KeyOrigin, TimeUnit } from "./numbers";
import { Text } from "./text";
import { Value } from "./value";

/** Writes what was signed, part by part, into what was begun last. */
class Parts {
  /** Writes text of the rule. */
  literal(text: string): this {
    const t = new Text(text);
    host.part_literal(t.at, t.len);
    return this;
  }

  /** Writes a value of the request. */
  value(value: Value): this {
    host.part_value(value.handle);
    return this;
  }

  /** Writes the raw body. */
  body(): this {
    host.part_body();
    return this;
  }

  /** Writes the body as JSON.stringify(JSON.parse(body)) does. */
  ecmascriptBody(): this {
    host.part_ecmascript_body();
    return this;
  }

  /** Writes the body as RFC 8785 does. */
  canonicalBody(): this {
    host.part_canonical_body();
    return this;
  }

  /** Stands for the secret, which the host puts in. */
  secret(): this {
    host.part_secret();
    return this;
  }

  /** Begins a digest over the parts up to end, written as text. */
  digest(algorithm: string, encoding: Encoding): this {
    const a = new Text(algorithm);
    host.part_digest(a.at, a.len, encoding);
    return this;
  }

  /** Ends the innermost digest. */
  end(): this {
    host.part_end();
    return this;
  }
}

/** One comparison. Without a key it uses every secret of the source as it is. */
export class Check extends Parts {
  /** Prepares the secrets of the source, as in "strip:whsec_ | base64". */
  key(prepare: string): this {
    return this.keyFrom(KeyOrigin.SourceSecrets, prepare);
  }

  /** Uses the secrets for an identifier that the request names. */
  keyID(id: Value, prepare: string = ""): this {
    this.keyFrom(KeyOrigin.HintedSecrets, prepare);
    host.key_id(id.handle);
    return this;
  }

  /**
   * Uses a public key, or that of an X.509 certificate, which the host fetches if
   * it is allowed. Where several keys are there, id tells which.
   */
  keyURL(url: string, certificate: bool = false, id: Value | null = null): this {
    const u = new Text(url);
    this.keyFrom(KeyOrigin.Referenced, "");
    host.key_url(u.at, u.len, certificate);
    if (id) host.key_id(id.handle);
    return this;
  }

  /** Adds what was sent as a signature, any of which may match; absent adds none. */
  signature(value: Value, encodings: Encoding): this {
    host.signature(value.handle, encodings);
    return this;
  }

  private keyFrom(origin: KeyOrigin, prepare: string): this {
    const p = new Text(prepare);
    host.key(origin, p.at, p.len);
    return this;
  }
}

/**
 * What a rule says about a request. It holds when one of its alternatives does,
 * then every condition, then the time.
 */
export class Claim {
  /**
   * Begins a form of the message in which every check must hold. The name is what
   * a verdict calls it.
   */
  alternative(name: string = ""): this {
    const n = new Text(name);
    host.alternative(n.at, n.len);
    return this;
  }

  /**
   * Begins a check in the alternative that was begun last: a signature by the
   * algorithm, such as "hmac-sha256". The pack must list it.
   */
  check(algorithm: string): Check {
    const a = new Text(algorithm);
    host.check(a.at, a.len);
    return new Check();
  }

  /** Says which value identifies the event. */
  id(value: Value): void {
    host.id(value.handle);
  }

  /** Says which value is the event's type. */
  type(value: Value): void {
    host.type(value.handle);
  }

  /**
   * Says when the request states that it was made. Without tolerance the moment
   * is stated and not bounded.
   */
  time(value: Value, unit: TimeUnit): void {
    host.time(value.handle);
    host.time_unit(unit);
  }

  /** Adds another way to read the time. */
  orUnit(unit: TimeUnit): void {
    host.time_unit(unit);
  }

  /** Bounds how far the stated time may be from now, in milliseconds. */
  tolerance(pastMs: i64, futureMs: i64): void {
    host.time_bound(pastMs, futureMs);
  }

  /**
   * Bounds it on both sides by a duration as configurations write it, such as
   * "5m", or not at all for "off".
   */
  toleranceText(text: string): void {
    const t = new Text(text);
    host.time_tolerance(t.at, t.len);
  }

  /**
   * Demands, after a signature has held, that two values are the same text. If
   * optional, the condition holds when one of them is absent.
   */
  equals(left: Value, right: Value, optional: bool = false): void {
    host.condition_equals(left.handle, right.handle, optional);
  }

  /** Demands, after a signature has held, that a value is one of the set. */
  oneOf(value: Value, set: string[]): void {
    host.condition_in(value.handle, 0);
    for (let i = 0; i < set.length; i++) {
      const member = new Text(set[i]);
      host.condition_member(member.at, member.len);
    }
  }

  /**
   * Demands, after a signature has held, that a value is the digest of the parts
   * that follow, up to end.
   */
  digestEquals(value: Value, algorithm: string, encoding: Encoding): Parts {
    const a = new Text(algorithm);
    host.condition_digest(value.handle, a.at, a.len, encoding, 0);
    return new Parts();
  }

  /**
   * Demands, after a signature has held, that a moment is not after now. The
   * leeway is by how much the clocks of two hosts may differ. If optional, the
   * condition holds when the moment is absent.
   */
  notBefore(value: Value, unit: TimeUnit, leewayMs: i64 = 0, optional: bool = false): void {
    host.condition_time(Bound.NotBefore, value.handle, unit, leewayMs, optional);
  }

  /** Demands the same of a moment that is not before now. */
  notAfter(value: Value, unit: TimeUnit, leewayMs: i64 = 0, optional: bool = false): void {
    host.condition_time(Bound.NotAfter, value.handle, unit, leewayMs, optional);
  }

  /**
   * Rejects the request with a reason of the closed list, such as
   * "field_malformed", whatever else the claim says.
   */
  refuse(reason: string): void {
    const r = new Text(reason);
    host.refuse(r.at, r.len);
  }

  /**
   * Answers the request, which is a provider's handshake, with a status from 200
   * to 299. One that is unsigned has no alternative.
   */
  challenge(status: i32, contentType: string, body: Uint8Array, unsigned: bool): void {
    const c = new Text(contentType);
    host.challenge(status, c.at, c.len, body.dataStart, body.length, unsigned);
  }
}
