// Dastra: Dastra-Signature is base64 HMAC-SHA256 of the raw body.
import { base64Shape, canonical, hasBoth, slack } from "../lib/base64.mjs";
import { hmac, seek } from "../lib/digest.mjs";
import { missingAndRepeated, wrongBody, wrongKey } from "../lib/refusals.mjs";
import { json, sample } from "../lib/scenario.mjs";

const header = "Dastra-Signature";
const secret = "8f14e45f-dastra-validation-key";
const accented = "clé-de-validation-€";
const sign = (key, body) => hmac("sha256", key, body).toString("base64");
const send = (text) => [json, [header, text]];
const covers = ["body"];

// twice is what PHP's utf8_encode makes of text that is UTF-8 already: every
// byte is read as ISO-8859-1 and encoded again.
const twice = (text) => Buffer.from(Buffer.from(text, "utf8").toString("latin1"), "utf8");

const body = sample("dastra", "data-subject-request");
const good = (name, about, body, more = {}) => ({
  name, about, body, headers: send(sign(secret, body)), secrets: [secret], accept: { covers }, ...more,
});

// numbered bodies differ in one number, to find a digest of a certain look.
const numbered = (n) => `{"event":"dataProcessing.updated","data":{"id":${n}}}`;
const digest = (key, signed) => hmac("sha256", key, signed);
const withBoth = seek(numbered, (b) => hasBoth(sign(secret, b)) && slack(sign(secret, b)) !== sign(secret, b));
const lowered = seek(numbered, (b) => canonical(sign(secret, b).toLowerCase()) && /[A-Z]/.test(sign(secret, b)));
const scheme = {
  header, prefix: "", body, secret, send, digest,
  write: (d) => d.toString("base64"),
};

const accepted = [
  good("sample", "the raw body of a sample event, accents and final newline included", body),
  good("empty-body", "an empty body is signed like any other", ""),
  good("emoji", "characters beyond the basic plane are hashed as their UTF-8 bytes", '{"label":"Fuite évitée 🎉","état":"clôturé"}'),
  good("escaped-body", "escapes, 1.0 and a slash written \\/ are hashed as sent: nothing is parsed and written again", '{ "a": 1.0, "b": "\\u00e9\\/", "a": 2 }'),
  good("trailing-crlf", "a final CRLF belongs to the body", '{"event":"dataBreach.created"}\r\n'),
  good("not-utf8", "bytes that are not UTF-8 are hashed as they are", Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x80, 0x7d])),
  good("bom", "a byte order mark belongs to the body", Buffer.from("\ufeff{}", "utf8")),
  good("not-json", "the signature covers bytes, JSON or not", "hello=world"),
  good("gzip-bytes", "a compressed body is hashed compressed, as received",
    Buffer.from("1f8b0800000000000003abae0500436ebfa602000000", "hex"),
    { headers: [["Content-Encoding", "gzip"], json, [header, sign(secret, Buffer.from("1f8b0800000000000003abae0500436ebfa602000000", "hex"))]] }),
  good("header-name-in-lower-case", "header names have no case", body, { headers: [json, ["dastra-signature", sign(secret, body)]] }),
  good("plus-and-slash", "a digest that holds + and /", withBoth, { headers: send(sign(secret, withBoth)) }),
  good("first-of-two-secrets", "two secrets, and the first one signed", body, { secrets: [secret, "the next key"], accept: { covers, secret: 0 } }),
  good("second-of-two-secrets", "two secrets, and the second one signed", body, { secrets: ["the next key", secret], accept: { covers, secret: 1 } }),
  good("non-ascii-secret", "by default the key is the UTF-8 of the secret", body,
    { secrets: [accented], headers: send(sign(accented, body)) }),
  good("non-ascii-secret-encoded-twice", "with key = latin1-as-utf8 the key is what PHP's utf8_encode makes of a secret in UTF-8",
    body, { secrets: [accented], settings: { key: "latin1-as-utf8" }, headers: send(sign(twice(accented), body)) }),
  good("ascii-secret-encoded-twice", "for an ASCII secret key = latin1-as-utf8 changes nothing", body, { settings: { key: "latin1-as-utf8" } }),
  good("key-setting-by-name", "key = utf-8 is the default by its name", body,
    { secrets: [accented], settings: { key: "utf-8" }, headers: send(sign(accented, body)) }),
  { name: "rfc4231-case-2", about: "a published HMAC-SHA256, written in base64", source: "published: RFC 4231, section 4.3, the digest written in base64",
    body: "what do ya want for nothing?", secrets: ["Jefe"], accept: { covers },
    headers: send(Buffer.from("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", "hex").toString("base64")) },
];

const refused = [
  ...missingAndRepeated(scheme),
  ...wrongKey(scheme),
  ...wrongBody(scheme),
  ...base64Shape({ ...scheme, body: withBoth }),
  { name: "hex-digest", about: "the right digest in hex reads as base64 of another length", body, secrets: [secret],
    headers: send(digest(secret, body).toString("hex")), reject: "signature_malformed" },
  { name: "sha256-prefix", about: "Dastra writes no prefix", body, secrets: [secret],
    headers: send("sha256=" + sign(secret, body)), reject: "signature_malformed" },
  { name: "base64-of-hex", about: "base64 of the hex text is not base64 of the digest", body, secrets: [secret],
    headers: send(Buffer.from(digest(secret, body).toString("hex")).toString("base64")), reject: "signature_malformed" },
  { name: "base64-in-lower-case", about: "base64 has a case: in lower case it is another digest", body: lowered, secrets: [secret],
    headers: send(sign(secret, lowered).toLowerCase()), reject: "signature_mismatch" },
  { name: "sha1-digest", about: "the algorithm is pinned: an HMAC-SHA1 is refused", body, secrets: [secret],
    headers: send(hmac("sha1", secret, body).toString("base64")), reject: "signature_malformed" },
  { name: "key-encoded-twice-by-default", about: "without the setting a secret that was encoded twice is another key", body, secrets: [accented],
    headers: send(sign(twice(accented), body)), reject: "signature_mismatch" },
  { name: "key-encoded-once-under-the-setting", about: "with key = latin1-as-utf8 the plain UTF-8 key is another key", body, secrets: [accented],
    settings: { key: "latin1-as-utf8" }, headers: send(sign(accented, body)), reject: "signature_mismatch" },
  { name: "key-in-latin1", about: "the key is never the ISO-8859-1 of the secret", body, secrets: ["clé-de-validation"],
    headers: send(sign(Buffer.from("clé-de-validation", "latin1"), body)), reject: "signature_mismatch" },
];

export const dastra = [...accepted, ...refused];
