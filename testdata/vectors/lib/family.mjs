// Scenarios for a scheme from a short description of it. Nothing here knows how
// hookseal reads a scheme: the description says what the vendor's page says.
//
//   export default {
//     ...family({ id: "acme", header: "X-Acme-Signature", prefix: "sha256=" }),
//   };
//
//   id         the pack
//   header     where the signature stands; or place: "query.NAME", or (body, text) → body
//              where it is in the body (text is undefined for none)
//   prefix     text before it, "" by default
//   kind       hmac (default), digest (the secret is in the message), token, ed25519,
//              ecdsa (with curve: P-256, P-384, P-521 or secp256k1, and form: der or
//              p1363), rsa (with padding: pkcs1 or pss)
//   algorithm  of all but token and ed25519: md5, sha1, sha256 (default), sha384, sha512
//   encoding   hex (default), HEX, base64, base64url, raw
//   secrets    [first, second, nobody's]: samples of the vendor's form, if it has one
//   key        secret → bytes of the key; by default its UTF-8
//   secretOf   where there are pairs: pair → text of the secret; by default the public key,
//              of ed25519 in hex, of the others in PEM
//   body       the sample, a text, or ({ stamp }) → text where the time is in it
//   method, target, contentType   POST, /in/<id>, application/json
//   headers    others that come with it: [[name, value], …] or ({ stamp }) → them
//   stamp      { header | member | body: true, unit: s | ms | rfc3339, tolerance: seconds or
//              null, write: milliseconds → text }; a member is one of the signature's header
//   message    ({ body, stamp, header(name), url, target, method, secret, json }) → what is
//              signed, text or bytes; by default the body
//   write      ({ sig, stamp }) → text of the header; by default prefix + sig
//   type, eventId   where the event's type and id are: "json.a.b", "header.X", "query.X",
//              "form.X", or (request) → text
//   covers     what the signature vouches for; by default worked out from the message
//   candidate  the name of the form that matches, where a scheme has several
//   raw        false where the body must be JSON of this form: no bodies but of JSON
//   skip       names of scenarios to leave out
//   reasons    { name: reason } where a scheme refuses for another reason
//
// More scenarios, published pairs first of all, are the second argument.
import { accepted } from "./family-accepted.mjs";
import { refused } from "./family-refused.mjs";
import { Sender } from "./family-sender.mjs";

export function family(description, more = []) {
  const sender = new Sender(description);
  const { id, skip = [], reasons = {} } = description;
  const scenarios = [...accepted(sender), ...refused(sender)]
    .filter(({ name }) => !skip.includes(name))
    .map((s) => (s.reject && reasons[s.name] ? { ...s, reject: reasons[s.name] } : s));
  for (const name of [...skip, ...Object.keys(reasons)]) {
    if (!sender.named.has(name)) throw new Error(`${id}: there is no scenario ${name} to leave out or to change`);
  }
  return { [id]: [...more, ...scenarios] };
}
