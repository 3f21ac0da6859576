// smino signatures that do not hold.
import { hmac } from "../lib/digest.mjs";
import { hexShape, missingAndRepeated, wrongKey } from "../lib/refusals.mjs";
import { bad, body, bodyWith, digits, guid, hash, header, invariant, iso, secret, send, sign } from "../lib/smino.mjs";

const scheme = {
  header, prefix: "", body, secret, send, other: "sha256",
  digest: (key, _, algorithm = "sha512") => Buffer.from(hash(`${digits}.${iso}.${key}`, algorithm), "hex"),
  write: (digest) => digest.toString("hex").toUpperCase(),
};
const mismatch = (name, about, text, more) => bad(name, about, "signature_mismatch", { headers: send(text), ...more });
const other = "5b0f3c8e-2a71-4d96-8f1d-6c2e9ab47d04";

export const sminoSignature = [
  ...missingAndRepeated(scheme),
  ...wrongKey(scheme),
  ...hexShape(scheme),
  bad("sha512-prefix", "smino writes no prefix", "signature_malformed", { headers: send("sha512=" + sign(digits, iso)) }),
  bad("base64-digest", "smino writes hex", "signature_malformed", { headers: send(Buffer.from(sign(digits, iso), "hex").toString("base64")) }),
  mismatch("id-changed", "another EventId breaks the digest", sign(digits, iso), { body: bodyWith({ EventId: other, TimeStamp: iso }) }),
  mismatch("time-changed", "another TimeStamp breaks the digest", sign(digits, iso), { body: bodyWith({ EventId: guid, TimeStamp: "2026-01-02T03:04:06Z" }) }),
  mismatch("signed-with-dashes", "the GUID is signed in 32 digits, not with dashes", sign(guid, iso)),
  mismatch("signed-in-capitals", "the GUID is signed in lower case", sign(digits.toUpperCase(), iso)),
  mismatch("signed-without-secret", "a digest in which no secret takes part proves nothing", hash(`${digits}.${iso}`)),
  mismatch("signed-secret-first", "the parts are signed in their order", hash(`${secret}.${digits}.${iso}`)),
  mismatch("signed-without-dots", "the parts are joined by dots", hash(`${digits}${iso}${secret}`)),
  mismatch("signed-as-hmac", "a plain digest over the secret is not an HMAC under it", hmac("sha512", secret, `${digits}.${iso}`).toString("hex").toUpperCase()),
  mismatch("signed-iso-for-invariant", "a time sent in the invariant form is signed as sent alone", sign(digits, iso), { body: bodyWith({ EventId: guid, TimeStamp: invariant }) }),
  mismatch("signed-day-first", "the invariant form puts the month first", sign(digits, "02/01/2026 03:04:05")),
];
