// Stripe: Stripe-Signature is t=…,v1=… with hex HMAC-SHA256 over {t}.{body}. The
// key is the whole text of the secret.
import { flip, hmac } from "../lib/digest.mjs";
import { moments } from "../lib/moments.mjs";
import { AT, json, unix } from "../lib/scenario.mjs";

const header = "Stripe-Signature";
const secret = "whsec_5fZ0Jc2Wq1nS8vYbT3uKdE7RxM4aLpGh";
const previous = "whsec_oldoldoldoldoldoldoldoldoldoldol";
const now = unix(AT);
const body = '{"id":"evt_1NG8Du2eZvKYlo2CUI79vXWy","object":"event","type":"payment_intent.succeeded","created":1767323045,"livemode":false}';
const covers = ["body", "id", "type", "time"];
const event = { type: "payment_intent.succeeded", id: "evt_1NG8Du2eZvKYlo2CUI79vXWy", covers };
const nameless = { covers };

const mac = (body, { stamp = now, key = secret, algorithm = "sha256" } = {}) =>
  hmac(algorithm, key, Buffer.concat([Buffer.from(`${stamp}.`), Buffer.from(body)])).toString("hex");
const value = (body, more = {}) => `t=${more.stamp ?? now},v1=${mac(body, more)}`;
const send = (text) => [json, [header, text]];
const good = (name, about, more = {}) => ({
  name, about, body, secrets: [secret], headers: send(value(more.body ?? body)), accept: event, ...more,
});
const bad = (name, about, reject, text, more = {}) => ({ name, about, body, secrets: [secret], headers: send(text), reject, ...more });
const mismatch = (name, about, text, more) => bad(name, about, "signature_mismatch", text, more);
const malformed = (name, about, text) => bad(name, about, "signature_malformed", text);
const right = mac(body);
const wrong = mac(body, { key: "another secret" });

const accepted = [
  good("event", "an event; its type and id are members of the body"),
  good("test-mode", "v0, the signature of test mode, is passed over", { headers: send(`t=${now},v1=${right},v0=${"6".repeat(64)}`) }),
  good("space-after-comma", "white space between the members has no meaning", { headers: send(`t=${now}, v1=${right}`) }),
  good("order-of-members", "the order of the members has no meaning", { headers: send(`v1=${right},t=${now}`) }),
  good("two-signatures-first-right", "while a secret is rolled there are two v1, and any may match: the first", { headers: send(`t=${now},v1=${right},v1=${wrong}`) }),
  good("two-signatures-second-right", "of two v1 any may match: the second", { headers: send(`t=${now},v1=${wrong},v1=${right}`) }),
  good("unreadable-signature-beside", "a v1 that cannot be read does not spoil one that verifies", { headers: send(`t=${now},v1=zz,v1=${right}`) }),
  good("first-of-two-secrets", "two secrets, and the first one signed", { secrets: [secret, previous], accept: { ...event, secret: 0 } }),
  good("second-of-two-secrets", "two secrets, and the second one signed", { secrets: [previous, secret], accept: { ...event, secret: 1 } }),
  good("digest-in-capitals", "hex verifies in either case", { headers: send(`t=${now},v1=${right.toUpperCase()}`) }),
  good("emoji-and-escapes", "raw UTF-8, escapes and 1.0 are hashed as sent", { body: '{"id":"evt_1","type":"a.b","data":{"name":"Zoë 🦊 \\u00e9\\/","n":1.0}}', accept: { ...event, id: "evt_1", type: "a.b" } }),
  good("trailing-newline", "a final newline belongs to the body", { body: body + "\n" }),
  good("not-json", "the body may be anything; what is not JSON has neither type nor id", { body: "id=evt_1", accept: nameless }),
  good("empty-body", "an empty body is signed like any other", { body: "", accept: nameless }),
  good("not-utf8", "bytes that are not UTF-8 are hashed as they are", { body: Buffer.from([0xff, 0x2e, 0x80]), accept: nameless }),
  good("id-twice", "two members id let two readers see two ids: the event is authentic and has none", { body: '{"id":"evt_1","id":"evt_2","type":"a.b"}', accept: { type: "a.b", covers } }),
];

const timed = moments({ stated: (stamp) => send(value(body, { stamp })), accept: event, body, secret });

const refused = [
  { name: "signature-missing", about: "a request without the signature header is refused", body, secrets: [secret], headers: [json], reject: "signature_missing" },
  { name: "signature-only-in-query", about: "the signature is read from the header and from nowhere else", body, secrets: [secret], headers: [json],
    target: `/in/stripe?${header}=${encodeURIComponent(value(body))}`, reject: "signature_missing" },
  { name: "signature-twice", about: "two signature headers are refused even if both hold the right digest", body, secrets: [secret],
    headers: [...send(value(body)), [header, value(body)]], reject: "signature_ambiguous" },
  { name: "signature-twice-wrong-first", about: "a wrong and a right header: neither the first nor the last wins", body, secrets: [secret],
    headers: [...send(value(body, { key: "another secret" })), [header, value(body)]], reject: "signature_ambiguous" },
  bad("no-v1", "a header with v0 alone holds no signature of this scheme", "signature_missing", `t=${now},v0=${right}`),
  bad("version-in-capitals", "V1 is another scheme", "signature_missing", `t=${now},V1=${right}`),
  bad("time-missing", "without t there is no message", "timestamp_missing", `v1=${right}`),
  malformed("signature-empty", "an empty header is there and cannot be read", ""),
  malformed("digest-empty", "v1= with nothing behind it matches nothing", `t=${now},v1=`),
  malformed("time-twice", "two t let two readers see two times", `t=${now},t=${now - 1},v1=${right}`),
  malformed("member-without-equals", "a member without = is no member", `t=${now},v1=${right},v1`),
  malformed("digest-truncated", "the first half of the right digest is refused", `t=${now},v1=${right.slice(0, 32)}`),
  malformed("digest-with-trailing-byte", "a byte after the right digest is refused", `t=${now},v1=${right}00`),
  malformed("digest-with-trailing-garbage", "garbage after the right digest is not dropped silently", `t=${now},v1=${right}zz`),
  malformed("not-hex", "letters beyond f are not hex", `t=${now},v1=${"z".repeat(64)}`),
  malformed("base64-digest", "Stripe writes hex: the right digest in base64 is refused", `t=${now},v1=${Buffer.from(right, "hex").toString("base64")}`),
  malformed("sha1-digest", "the algorithm is pinned: an HMAC-SHA1 is refused", `t=${now},v1=${mac(body, { algorithm: "sha1" })}`),
  malformed("sha512-digest", "the algorithm is pinned: an HMAC-SHA512 is refused", `t=${now},v1=${mac(body, { algorithm: "sha512" })}`),
  mismatch("wrong-secret", "a digest made with another secret matches nothing", `t=${now},v1=${wrong}`),
  mismatch("neither-of-two-secrets", "with two secrets, a digest of a third matches neither", `t=${now},v1=${wrong}`, { secrets: [secret, previous] }),
  mismatch("empty-secret", "a digest made with the empty secret, which anybody can make, matches nothing", value(body, { key: "" })),
  bad("no-secret", "a source without a secret accepts nothing", "no_secret", value(body, { key: "" }), { secrets: [] }),
  mismatch("key-without-prefix", "the key is the whole text of the secret, whsec_ included", value(body, { key: secret.slice(6) })),
  mismatch("key-decoded", "the key is not what the text after whsec_ decodes to", value(body, { key: Buffer.from(secret.slice(6), "base64") })),
  mismatch("body-alone-signed", "the body without its time is not the message", `t=${now},v1=${hmac("sha256", secret, body).toString("hex")}`),
  mismatch("time-replaced", "a fresh time in place of the signed one breaks the digest", `t=${now},v1=${mac(body, { stamp: now - 900 })}`),
  mismatch("time-normalised", "0… sent and signed without its zero: the verbatim text was not signed", `t=0${now},v1=${right}`),
  mismatch("stale-and-wrong-secret", "the signature is judged before the time", value(body, { stamp: 0, key: "another secret" })),
  mismatch("body-one-bit-changed", "one changed bit of the body breaks the digest", value(body), { body: flip(body, 40) }),
  mismatch("body-final-newline-lost", "a final newline that was signed and lost on the way breaks the digest", value(body + "\n")),
  mismatch("body-lost", "an empty body in place of the signed one breaks the digest", value(body), { body: "" }),
];

export const stripe = [...accepted, ...timed, ...refused];
