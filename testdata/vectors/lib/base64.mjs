// What a strict reader of base64 (RFC 4648, section 4) has to refuse.

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

export const canonical = (text) => Buffer.from(text, "base64").toString("base64") === text;

// hasBoth reports whether the text has the two characters in which base64 and
// base64url differ.
export const hasBoth = (text) => text.includes("+") && text.includes("/");

// slack sets an unused bit of the last character: lenient decoders read the
// same bytes from it.
export function slack(text) {
  const last = text.length - 2;
  const changed = alphabet[alphabet.indexOf(text[last]) | 1];
  return text.slice(0, last) + changed + "=";
}

// base64Shape are texts made from the right digest (32 or 20 bytes, so one "=" at
// the end) that are not it. A scheme is described as in refusals.mjs; its digest
// has both + and /.
export function base64Shape(scheme) {
  const { prefix, body, secret, send, digest } = scheme;
  const right = digest(secret, body).toString("base64");
  if (!hasBoth(right)) throw new Error("the digest must hold + and /");
  const base = { body, secrets: [secret], reject: "signature_malformed" };
  const text = (value) => ({ headers: send(prefix + value, body) });
  const url = right.replaceAll("+", "-").replaceAll("/", "_");
  const bytes = digest(secret, body);
  return [
    { ...base, ...text(url), name: "base64url-alphabet", about: "the right digest in the alphabet of base64url is refused" },
    { ...base, ...text(right.slice(0, -1)), name: "base64-unpadded", about: "the right digest without its padding is refused" },
    { ...base, ...text(right + "="), name: "base64-padded-twice", about: "padding beyond the form is refused" },
    { ...base, ...text(slack(right)), name: "base64-unused-bits-set", about: "a last character with unused bits set would decode to the right digest and is refused" },
    { ...base, ...text(right + right), name: "base64-doubled", about: "text after the padding is not dropped silently" },
    { ...base, ...text(Buffer.concat([bytes, Buffer.from([0])]).toString("base64")), name: "base64-with-trailing-byte", about: "a byte after the right digest is refused" },
    { ...base, ...text(bytes.subarray(0, -1).toString("base64")), name: "base64-one-byte-short", about: "the right digest without its last byte is refused" },
    { ...base, ...text(bytes.subarray(0, 3).toString("base64")), name: "base64-truncated", about: "the first three bytes of the right digest are refused" },
    { ...base, ...text(`${right.slice(0, 20)} ${right.slice(20)}`), name: "base64-space-inside", about: "white space inside the digest is not skipped" },
    { ...base, ...text("%%% not base64 %%%"), name: "base64-garbage", about: "text that is not base64 is refused without a fault" },
  ];
}
