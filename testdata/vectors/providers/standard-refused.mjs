// Standard Webhooks requests that are refused, the time aside.
import { base64Shape, canonical, hasBoth, slack } from "../lib/base64.mjs";
import { flip, hmac, seek } from "../lib/digest.mjs";
import { bad, body, id, mac, now, previous, secret, send, sign } from "../lib/standard.mjs";
import { json } from "../lib/scenario.mjs";

const without = (name, headers = send(sign(body))) => headers.filter(([n]) => n !== name);
const mismatch = (name, about, headers, more) => bad(name, about, "signature_mismatch", { headers, ...more });
const malformed = (name, about, text) => bad(name, about, "signature_malformed", { headers: send(text) });
const missing = (name, about, headers) => bad(name, about, "signature_missing", { headers });
const unknown = "whsec_dW5rbm93biBzZWNyZXQgb2YgYSBmb3JnZXI=";
const b64 = sign(body).slice(3);

const numbered = (n) => `{"type":"contact.created","n":${n}}`;
const withBoth = seek(numbered, (b) => hasBoth(sign(b)) && slack(sign(b)) !== sign(b));
const lowered = seek(numbered, (b) => canonical(sign(b).slice(3).toLowerCase()) && /[A-Z]/.test(sign(b)));
const scheme = { prefix: "v1,", body: withBoth, secret, send: (text) => send(text), digest: (_, signed) => mac(signed) };

const asymmetric = "v1a," + Buffer.alloc(64, 9).toString("base64");
const later = "v2," + b64;
const renamed = send(sign(body)).map(([name, value]) => [name.replace("webhook-", "svix-"), value]);
const withLf = body + "\n";

export const standardRefused = [
  missing("signature-missing", "a request without webhook-signature is refused", without("webhook-signature")),
  missing("no-v1-in-list", "a list without an item of version v1 holds no signature of this scheme", send(`${asymmetric} ${later}`)),
  missing("only-v1a", "an asymmetric signature alone holds no signature of this scheme", send(asymmetric)),
  missing("version-in-capitals", "V1 is another version", send("V1," + b64)),
  missing("version-two-with-right-digest", "the right digest under another version is not read", send(later)),
  missing("headers-of-svix", "the names svix-id, svix-timestamp and svix-signature are those of another provider", renamed),
  bad("all-headers-missing", "a bare request is refused for the signature it lacks", "signature_missing", { headers: [json] }),
  bad("id-missing", "webhook-id is signed: a request without it is refused before any comparison", "field_missing", { headers: without("webhook-id") }),
  bad("timestamp-missing", "webhook-timestamp is signed: a request without it is refused before any comparison", "timestamp_missing", { headers: without("webhook-timestamp") }),
  bad("id-missing-signed-without", "a digest over an empty id does not replace the header", "field_missing", { headers: without("webhook-id", send(sign(body, { message: "" }))) }),
  bad("signature-twice", "two webhook-signature headers are refused: the list is in one", "signature_ambiguous", { headers: [...send(sign(body)), ["webhook-signature", sign(body)]] }),
  bad("signature-twice-wrong-first", "a wrong and a right webhook-signature header: neither the first nor the last wins", "signature_ambiguous", { headers: [json, ["webhook-signature", sign(body, { with: unknown })], ...send(sign(body)).slice(1)] }),
  bad("id-twice", "two webhook-id headers are refused", "field_ambiguous", { headers: [...send(sign(body)), ["webhook-id", "msg_other"]] }),
  bad("timestamp-twice", "two webhook-timestamp headers are refused", "field_ambiguous", { headers: [...send(sign(body)), ["webhook-timestamp", String(now + 1)]] }),

  malformed("signature-empty", "an empty webhook-signature is there and cannot be read", ""),
  malformed("digest-empty", "v1, with nothing after it matches nothing", "v1,"),
  malformed("version-alone", "v1 without a comma is no item", "v1"),
  malformed("item-without-version", "a digest without its version is no item", b64),
  malformed("item-with-equals", "v1= is not v1,", "v1=" + b64),
  malformed("space-after-comma", "white space after the comma ends the item", "v1, " + b64),
  malformed("list-by-commas", "the list is separated by spaces, not by commas", `${sign(body, { with: unknown })},${sign(body)}`),
  malformed("hex-digest", "the right digest in hex reads as base64 of another length", "v1," + mac(body).toString("hex")),
  malformed("sha1-digest", "the algorithm is pinned: an HMAC-SHA1 is refused", "v1," + mac(body, { algorithm: "sha1" }).toString("base64")),
  malformed("sha512-digest", "the algorithm is pinned: an HMAC-SHA512 is refused", "v1," + mac(body, { algorithm: "sha512" }).toString("base64")),
  ...base64Shape(scheme),

  mismatch("wrong-secret", "a digest made with another secret matches nothing", send(sign(body, { with: unknown }))),
  mismatch("neither-of-two-secrets", "with two secrets, a digest of a third matches neither", send(sign(body, { with: unknown })), { secrets: [secret, previous] }),
  mismatch("several-wrong-signatures", "several signatures of which none is right", send([1, 2, 3].map((n) => "v1," + Buffer.alloc(32, n).toString("base64")).join(" "))),
  mismatch("base64-in-lower-case", "base64 has a case: in lower case it is another digest", send("v1," + sign(lowered).slice(3).toLowerCase()), { body: lowered }),
  mismatch("key-not-decoded", "the key is what the text after whsec_ decodes to, not the text", send("v1," + hmac("sha256", secret.slice(6), `${id}.${now}.${body}`).toString("base64"))),
  mismatch("key-with-prefix", "the key is not the whole text of the secret", send("v1," + hmac("sha256", secret, `${id}.${now}.${body}`).toString("base64"))),
  mismatch("empty-secret", "a digest made with the empty key, which anybody can make, matches nothing", send(sign(body, { with: "whsec_" }))),
  bad("no-secret", "a source without a secret accepts nothing, not even a digest made with the empty key", "no_secret", { secrets: [], headers: send(sign(body, { with: "whsec_" })) }),
  mismatch("body-alone-signed", "the body without id and time is not the message", send("v1," + hmac("sha256", Buffer.from(secret.slice(6), "base64"), body).toString("base64"))),
  mismatch("id-changed", "another id breaks the digest", send(sign(body), now, "msg_other")),
  mismatch("id-in-another-case", "the id is signed as sent", send(sign(body), now, id.toLowerCase())),
  mismatch("body-one-bit-changed", "one changed bit of the body breaks the digest", send(sign(body)), { body: flip(body, 40) }),
  mismatch("body-final-newline-lost", "a final newline that was signed and lost on the way breaks the digest", send(sign(withLf))),
  mismatch("body-final-newline-added", "a final newline that was added on the way breaks the digest", send(sign(body)), { body: withLf }),
  mismatch("body-lost", "an empty body in place of the signed one breaks the digest", send(sign(body)), { body: "" }),
];
