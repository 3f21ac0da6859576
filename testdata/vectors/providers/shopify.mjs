// Shopify: X-Shopify-Hmac-SHA256 is base64 HMAC-SHA256 of the raw body. Topic and
// ids are named in headers that nobody signs.
import { base64Shape, hasBoth } from "../lib/base64.mjs";
import { hmac, seek } from "../lib/digest.mjs";
import { missingAndRepeated, wrongBody, wrongKey } from "../lib/refusals.mjs";
import { json } from "../lib/scenario.mjs";

const header = "X-Shopify-Hmac-SHA256";
const secret = "hush";
const sign = (key, body) => hmac("sha256", key, body).toString("base64");
const names = [["X-Shopify-Topic", "orders/create"], ["X-Shopify-Shop-Domain", "shop.myshopify.com"], ["X-Shopify-Event-Id", "98880550-7158-44d4-b7cd-2c97c8a091b5"]];
const send = (text) => [json, ...names, [header, text]];
const order = { type: "orders/create", id: names[2][1], covers: ["body"] };
const body = seek((n) => `{"id":820982911946154508,"note":${n},"total_price":"403.00"}`, (b) => hasBoth(sign(secret, b)));
const scheme = {
  header, prefix: "", body, secret, send, other: "sha512",
  digest: (key, signed, algorithm = "sha256") => hmac(algorithm, key, signed), write: (digest) => digest.toString("base64"),
};
const good = (name, about, body, more = {}) => ({
  name, about, body, secrets: [secret], headers: send(sign(secret, body)), accept: order, ...more,
});
const malformed = (name, about, text) => ({ name, about, body, secrets: [secret], headers: send(text), reject: "signature_malformed" });

const accepted = [
  good("order", "an order; its type and id are those of the headers", body),
  good("topic-changed", "the headers are not signed: another topic in them is believed, and not covered", body,
    { headers: [json, ["X-Shopify-Topic", "shop/redact"], ...names.slice(1), [header, sign(secret, body)]], accept: { ...order, type: "shop/redact" } }),
  good("without-names", "a request without the other headers has neither type nor id", body, { headers: [json, [header, sign(secret, body)]], accept: { covers: ["body"] } }),
  good("header-name-in-lower-case", "header names have no case", body, { headers: [json, ...names, [header.toLowerCase(), sign(secret, body)]] }),
  good("empty-body", "an empty body is signed like any other", ""),
  good("emoji-and-escapes", "raw UTF-8, escapes and 1.0 are hashed as sent", '{"note":"🧶 Łódź \\u00e9\\/","n":1.0}'),
  good("not-utf8", "bytes that are not UTF-8 are hashed as they are", Buffer.from([0xff, 0x00, 0xfe])),
  good("trailing-crlf", "a final CRLF belongs to the body", body + "\r\n"),
  good("first-of-two-secrets", "two secrets, and the first one signed", body, { secrets: [secret, "rotated"], accept: { ...order, secret: 0 } }),
  good("second-of-two-secrets", "after a rotation Shopify signs with the old secret for a while", body, { secrets: ["rotated", secret], accept: { ...order, secret: 1 } }),
  good("non-ascii-secret", "the key is the UTF-8 of the secret", body, { secrets: ["clé-🔑"], headers: send(sign("clé-🔑", body)) }),
];

const refused = [
  ...missingAndRepeated(scheme),
  ...wrongKey(scheme),
  ...wrongBody(scheme),
  ...base64Shape(scheme),
  malformed("hex-digest", "Shopify writes base64: the right digest in hex reads as base64 of another length", hmac("sha256", secret, body).toString("hex")),
  malformed("sha1-digest", "the algorithm is pinned: an HMAC-SHA1 is refused", hmac("sha1", secret, body).toString("base64")),
  malformed("sha512-digest", "the algorithm is pinned: an HMAC-SHA512 is refused", hmac("sha512", secret, body).toString("base64")),
];

export const shopify = [...accepted, ...refused];
