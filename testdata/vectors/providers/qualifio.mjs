// Qualifio: X-Qualifio-Signature is sha256= and HMAC-SHA256 of the raw body.
// The vendor does not say how the digest is written: hex, with base64 beside it.
import { base64Shape, canonical, hasBoth, slack } from "../lib/base64.mjs";
import { seek } from "../lib/digest.mjs";
import { foreignHeader, hub, line, published } from "../lib/hub.mjs";
import { hexShape, missingAndRepeated, prefixShape, wrongBody, wrongKey } from "../lib/refusals.mjs";
import { json, sample } from "../lib/scenario.mjs";

const header = "X-Qualifio-Signature";
const secret = "qualifio-webhook-secret";
const body = sample("qualifio", "participation");
const scheme = hub(header, secret, body);
const in64 = (key, text) => scheme.digest(key, text).toString("base64");
const covers = ["body"];
const good = (name, about, body, more = {}) => ({
  name, about, body, headers: scheme.send(line(secret, body)), secrets: [secret], accept: { covers }, ...more,
});
const good64 = (name, about, body, more = {}) =>
  good(name, about, body, { headers: scheme.send("sha256=" + in64(secret, body)), ...more });

const numbered = (n) => `{"participation":{"id":"p-${n}"}}`;
const withBoth = seek(numbered, (b) => hasBoth(in64(secret, b)) && slack(in64(secret, b)) !== in64(secret, b));
const lowered = seek(numbered, (b) => canonical(in64(secret, b).toLowerCase()) && /[A-Z]/.test(in64(secret, b)));
const current = "secret after the reset";
const previous = "secret before the reset";

const accepted = [
  good("sample-hex", "the raw body of a sample event, digest in hex", body),
  good64("sample-base64", "the raw body of a sample event, digest in base64", body),
  good("sample-prize-drawn", "a body with characters beyond the basic plane", sample("qualifio", "prize-drawn")),
  good("digest-in-capitals", "hex verifies in either case", body, { headers: scheme.send("sha256=" + line(secret, body).slice(7).toUpperCase()) }),
  good64("base64-plus-and-slash", "a base64 digest that holds + and /", withBoth),
  good("overlap-previous-secret", "a reset secret stays cached at the sender for half an hour: the previous one still verifies", body,
    { secrets: [current, previous], headers: scheme.send(line(previous, body)), accept: { covers, secret: 1 } }),
  good("overlap-current-secret", "the current secret verifies beside the previous one", body,
    { secrets: [current, previous], headers: scheme.send(line(current, body)), accept: { covers, secret: 0 } }),
  good("overlap-previous-secret-base64", "every secret is tried in every encoding", body,
    { secrets: [current, previous], headers: scheme.send("sha256=" + in64(previous, body)), accept: { covers, secret: 1 } }),
  good("empty-body", "an empty body is signed like any other", ""),
  good("trailing-newlines", "final line breaks belong to the body", '{"participation":{}}\r\n\n'),
  good("escaped-body", "escapes, 1.0 and repeated names are hashed as sent: nothing is parsed", '{ "a": 1.0, "a": "\\u00e9\\/" }'),
  good("not-json", "the signature covers bytes, JSON or not", "participation=7f3a91"),
  good("not-utf8", "bytes that are not UTF-8 are hashed as they are", Buffer.from([0x22, 0xff, 0xc0, 0x00, 0x22])),
  good("non-ascii-secret", "the key is the UTF-8 of the secret", body, { secrets: ["clé secrète ✓"], headers: scheme.send(line("clé secrète ✓", body)) }),
  good("header-name-in-lower-case", "header names have no case", body, { headers: [json, ["x-qualifio-signature", line(secret, body)]] }),
  published(header),
];

const refused = [
  ...missingAndRepeated(scheme),
  ...wrongKey(scheme),
  ...wrongBody(scheme),
  ...hexShape(scheme),
  ...prefixShape(scheme),
  ...base64Shape({ ...scheme, body: withBoth }),
  foreignHeader(secret, body),
  { name: "base64-wrong-secret", about: "a base64 digest made with another secret matches nothing", body, secrets: [secret],
    headers: scheme.send("sha256=" + in64("another secret", body)), reject: "signature_mismatch" },
  { name: "base64-in-lower-case", about: "base64 has a case: in lower case it is another digest", body: lowered, secrets: [secret],
    headers: scheme.send("sha256=" + in64(secret, lowered).toLowerCase()), reject: "signature_mismatch" },
  { name: "base64-of-hex", about: "base64 of the hex text is neither of the two forms", body, secrets: [secret],
    headers: scheme.send("sha256=" + Buffer.from(line(secret, body).slice(7)).toString("base64")), reject: "signature_malformed" },
  { name: "overlap-third-secret", about: "during an overlap a secret before the previous one does not verify", body, secrets: [current, previous],
    headers: scheme.send(line("secret before that", body)), reject: "signature_mismatch" },
];

export const qualifio = [...accepted, ...refused];
