// Discord: X-Signature-Ed25519 is the hex Ed25519 signature over {time}{body}. The
// secret of a source is the application's public key. Pings are answered.
import { flip, hmac } from "../lib/digest.mjs";
import { keyPair, malleated, sign as signWith } from "../lib/ed25519.mjs";
import { AT, json, unix } from "../lib/scenario.mjs";

const header = "X-Signature-Ed25519";
const stampHeader = "X-Signature-Timestamp";
const pair = keyPair(Buffer.alloc(32, 7));
const other = keyPair(Buffer.alloc(32, 8));
const secret = pair.hex;
const now = unix(AT);
const covers = ["body", "id", "type", "time"];
const body = '{"application_id":"775799577604522054","data":{"id":"1","name":"blep","type":1},"id":"846462639134605312","token":"A_UNIQUE_TOKEN","type":2,"version":1}';
const interaction = { id: "846462639134605312", covers };
const authorized = '{"version":1,"application_id":"1234560123453231555","type":1,"event":{"type":"APPLICATION_AUTHORIZED","timestamp":"2024-10-18T14:42:53.064834"}}';
const ping = '{"application_id":"775799577604522054","id":"1","token":"t","type":1,"version":1}';
const eventPing = '{"version":1,"application_id":"1234560123453231555","type":0}';
const pong = { status: 200, type: "application/json", body: '{"type":1}' };
const silent = { status: 204, type: "application/json" };

const sign = (body, { stamp = now, by = pair } = {}) => signWith(by, Buffer.concat([Buffer.from(String(stamp)), Buffer.from(body)]));
const value = (body, more) => sign(body, more).toString("hex");
const send = (text, stamp = now) => [json, [stampHeader, String(stamp)], [header, text]];
const good = (name, about, more = {}) => ({
  name, about, body, secrets: [secret], headers: send(value(more.body ?? body)), accept: interaction, ...more,
});
const bad = (name, about, reject, more = {}) => ({
  name, about, body, secrets: [secret], headers: send(value(more.body ?? body)), reject, ...more,
});
const answered = (name, about, body, reply, more = {}) => ({
  name, about, body, secrets: [secret], headers: send(value(body)), challenge: { covers, reply }, ...more,
});
const mismatch = (name, about, text, more) => bad(name, about, "signature_mismatch", { headers: send(text), ...more });
const malformed = (name, about, text) => bad(name, about, "signature_malformed", { headers: send(text) });
const stated = (stamp) => ({ headers: send(value(body, { stamp }), stamp), settings: { tolerance: "5m" } });
const right = value(body);
const highBit = Buffer.from(sign(body));
highBit[63] |= 0x80;

const accepted = [
  good("interaction", "an interaction has an id and no type in words"),
  good("webhook-event", "a webhook event is of type 1 too: its member event tells it from a ping", { body: authorized, accept: { type: "APPLICATION_AUTHORIZED", covers } }),
  good("key-in-base64", "the public key may be given in base64", { secrets: [pair.base64] }),
  good("key-in-pem", "the public key may be given as PEM", { secrets: [pair.publicPEM] }),
  good("key-in-capitals", "the hex of the key has no case", { secrets: [secret.toUpperCase()] }),
  good("private-key", "a private key verifies by its public half", { secrets: [pair.privatePEM] }),
  good("first-of-two-keys", "two keys, and the first one signed", { secrets: [secret, other.hex], accept: { ...interaction, secret: 0 } }),
  good("second-of-two-keys", "two keys, and the second one signed", { secrets: [other.hex, secret], accept: { ...interaction, secret: 1 } }),
  good("digest-in-capitals", "hex verifies in either case", { headers: send(right.toUpperCase()) }),
  good("old-without-tolerance", "Discord documents no bound on the time: without a tolerance any is accepted", { headers: send(value(body, { stamp: 1 }), 1) }),
  good("tolerance-at-limit", "300 s back are within a tolerance of five minutes", stated(now - 300)),
  good("not-json", "the signature covers bytes, JSON or not", { body: "type=1", accept: { covers } }),
  good("emoji-and-escapes", "raw UTF-8 and escapes are signed as sent", { body: '{"type":3,"data":{"name":"🎲 \\u00e9\\/"}}', accept: { covers } }),
  good("ping-nested", "the type of a ping is the member of the outermost object alone", { body: '{"id":"1","data":{"type":1}}', accept: { id: "1", covers } }),
];

const challenges = [
  answered("published-ping", "a ping that another project signed", '{"type":1}', pong,
    { source: "published: tests of webhook-co/webhook, adapters/asymmetric.test.ts", at: "2021-01-07T06:13:20Z",
      secrets: ["79b5562e8fe654f94078b112e8a98ba7901f853ae695bed7e0e3910bad049664"],
      headers: send("50db4086e890c41c26b539f0dd95af18b4d8b03d2f4203964d238b4946943ee2cc6fd52c47ddb355d267086a8c4e299d1054d3d655dba6e0f237a779f634800d", 1610000000) }),
  answered("ping", "the ping of an interactions endpoint is answered in kind", ping, pong),
  answered("ping-of-webhook-events", "the ping of webhook events is answered without a body", eventPing, silent),
  bad("ping-wrong-key", "Discord sends pings with a wrong signature on purpose: they are refused", "signature_mismatch", { body: ping, headers: send(value(ping, { by: other })) }),
  bad("ping-unsigned", "a ping without a signature is not answered", "signature_missing", { body: ping, headers: [json, [stampHeader, String(now)]] }),
  bad("ping-type-twice", "two types let one reader see an event and another a ping", "body_ambiguous", { body: '{"type":1,"type":2}' }),
  bad("ping-beside-a-name-twice", "duplicate names are refused anywhere", "body_ambiguous", { body: '{"type":1,"x":[{"y":1,"y":2}]}' }),
];

const refused = [
  bad("signature-missing", "a request without the signature header is refused", "signature_missing", { headers: [json, [stampHeader, String(now)]] }),
  bad("signature-twice", "two signature headers are refused even if both are right", "signature_ambiguous", { headers: [...send(right), [header, right]] }),
  bad("timestamp-missing", "the time is signed: a request without it is refused before any comparison", "timestamp_missing", { headers: [json, [header, right]] }),
  bad("timestamp-twice", "two times are refused", "field_ambiguous", { headers: [...send(right), [stampHeader, String(now)]] }),
  malformed("signature-empty", "an empty header is there and cannot be read", ""),
  malformed("not-hex", "letters beyond f are not hex", "z".repeat(128)),
  malformed("hex-odd-length", "the right signature without its last digit is not hex", right.slice(0, -1)),
  malformed("one-byte-short", "the right signature without its last byte is refused", right.slice(0, -2)),
  malformed("with-trailing-byte", "a byte after the right signature is refused", right + "00"),
  malformed("base64", "Discord writes hex", sign(body).toString("base64")),
  malformed("hmac-sha256-under-the-public-key", "the algorithm is pinned, and a public key is no shared secret", hmac("sha256", secret, `${now}${body}`).toString("hex")),
  mismatch("hmac-sha512-under-the-public-key", "an HMAC of the right length under the public key, which everybody knows, proves nothing", hmac("sha512", secret, `${now}${body}`).toString("hex")),
  mismatch("wrong-key", "a signature of another key matches nothing", value(body, { by: other })),
  mismatch("neither-of-two-keys", "with two keys, a signature of a third matches neither", value(body, { by: keyPair(Buffer.alloc(32, 9)) }), { secrets: [secret, other.hex] }),
  mismatch("malleated", "S + the order of the group is the same signature in another text", malleated(sign(body)).toString("hex")),
  mismatch("high-bit-set", "a set top bit is not ignored", highBit.toString("hex")),
  mismatch("all-zero", "zeros are no signature", "00".repeat(64)),
  mismatch("body-one-bit-changed", "one changed bit of the body breaks the signature", right, { body: flip(body, 40) }),
  mismatch("body-final-newline-added", "a final newline that was added on the way breaks the signature", right, { body: body + "\n" }),
  mismatch("body-lost", "an empty body in place of the signed one breaks the signature", right, { body: "" }),
  mismatch("body-swapped-for-a-ping", "the signature of an interaction does not make a ping of another body", right, { body: ping }),
  mismatch("body-alone-signed", "the body without its time is not the message", signWith(pair, body).toString("hex")),
  bad("timestamp-replaced", "a fresh time in place of the signed one breaks the signature", "signature_mismatch", { headers: send(value(body, { stamp: now - 900 }), now) }),
  bad("tolerance-too-old", "301 s back are beyond a tolerance of five minutes", "timestamp_too_old", stated(now - 301)),
  bad("tolerance-in-future", "301 s ahead are beyond it too", "timestamp_in_future", stated(now + 301)),
  bad("tolerance-milliseconds", "13 digits are milliseconds, not seconds of a far year", "timestamp_malformed", stated(`${now}000`)),
  bad("no-secret", "a source without a key accepts nothing", "no_secret", { secrets: [] }),
  bad("secret-is-no-key", "a secret that is no key of the algorithm verifies nothing", "no_secret", { secrets: ["application public key"] }),
  bad("secret-is-half-a-key", "a key cut short verifies nothing", "no_secret", { secrets: [secret.slice(0, 32)] }),
];

export const discord = [...accepted, ...challenges, ...refused];
