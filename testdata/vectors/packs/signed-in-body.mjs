// Signatures that stand in the body.
import { hmac, plain } from "../lib/digest.mjs";
import { AT, unix } from "../lib/scenario.mjs";

const json = ["Content-Type", "application/json"];
const [first, second, nobody] = ["mailgun signing key é", "mailgun signing key é (the previous)", "mailgun signing key é (of nobody)"];
const token = "a8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0";
const now = String(unix(AT));
const sign = (key, timestamp, over = token) => hmac("sha256", key, timestamp + over).toString("hex");

// event is a body with the signature's members, some of them changed.
const event = (members, data = { id: "CPgfbmQMTCKtHW6uIWtuVe", event: "failed" }) => JSON.stringify({ signature: { timestamp: now, token, signature: sign(first, now), ...members }, "event-data": data });
const held = { type: "failed", id: "CPgfbmQMTCKtHW6uIWtuVe", covers: ["time"] };
const accepted = (name, about, body, more = {}, accept = held) => ({ name, about, headers: [json], body, secrets: [first], accept, ...more });
const refused = (name, about, reject, body, more = {}) => ({ name, about, headers: [json], body, secrets: [first], reject, ...more });
const malformed = (name, about, signature) => refused(name, about, "signature_malformed", event({ signature }));
const at = (seconds) => {
  const timestamp = String(unix(AT) + seconds);
  return event({ timestamp, signature: sign(first, timestamp) });
};
const bounded = { settings: { tolerance: "5m" } };

export default {
  mailgun: [
    accepted("sample", "an event as the vendor sends it", event({})),
    accepted("second-of-two-secrets", "two secrets, and the second one signed", event({ signature: sign(second, now) }), { secrets: [first, second] }, { ...held, secret: 1 }),
    accepted("digest-in-upper-case", "hex verifies in either case", event({ signature: sign(first, now).toUpperCase() })),
    accepted("event-changed", "the signature does not cover the event: another one is accepted", event({}, { id: "another", event: "delivered" }), {}, { type: "delivered", id: "another", covers: ["time"] }),
    accepted("parent-signature-beside", "the signature of a parent account is not asked", event({ "parent-signature": "00" })),
    accepted("old-without-tolerance", "the vendor documents no bound on the time: without a tolerance a year-old one is accepted", at(-365 * 86400)),
    accepted("timestamp-at-past-limit", "300 s back are within a tolerance of five minutes", at(-300), bounded),
    refused("signature-missing", "a body without the signature is refused", "signature_missing", event({ signature: undefined })),
    refused("no-signature-object", "a body without any of it is refused", "signature_missing", `{"event-data":{"event":"failed"}}`),
    refused("signature-twice", "two signatures are refused even if both are right", "body_ambiguous", event({}).replace(`"token"`, `"signature":"${sign(first, now)}","token"`)),
    refused("signature-null", "a signature of null is there and cannot be read", "signature_malformed", event({ signature: null })),
    malformed("signature-empty", "an empty signature is there and cannot be read", ""),
    malformed("signature-cut-in-half", "the first half of the right signature is refused", sign(first, now).slice(0, 32)),
    malformed("odd-length", "the right signature without its last digit is not hex", sign(first, now).slice(0, -1)),
    malformed("trailing-garbage", "text after the right signature is not dropped silently", sign(first, now) + "!"),
    malformed("hmac-sha1", "the algorithm is pinned: an HMAC-SHA1 is refused", hmac("sha1", first, now + token).toString("hex")),
    refused("no-secret", "a source without a secret accepts nothing", "no_secret", event({}), { secrets: [] }),
    refused("wrong-secret", "what another secret signed matches nothing", "signature_mismatch", event({ signature: sign(nobody, now) })),
    refused("digest-without-key", "a plain digest, in which no secret takes part, proves nothing", "signature_mismatch", event({ signature: plain("sha256", now + token).toString("hex") })),
    refused("token-changed", "another token breaks the signature", "signature_mismatch", event({ token: token.replace("a8", "b8") })),
    refused("token-missing", "the token is signed: a body without it is refused", "field_missing", event({ token: undefined })),
    refused("timestamp-changed", "another time than the signed one breaks the signature", "signature_mismatch", event({ timestamp: String(unix(AT) - 1) })),
    refused("timestamp-missing", "the time is signed: a body without it is refused", "timestamp_missing", event({ timestamp: undefined })),
    refused("timestamp-too-old", "one second beyond the tolerance", "timestamp_too_old", at(-301), bounded),
    refused("timestamp-in-future", "one second beyond the tolerance, ahead", "timestamp_in_future", at(301), bounded),
    refused("timestamp-malformed", "a word is no time, though it was signed", "timestamp_malformed", event({ timestamp: "yesterday", signature: sign(first, "yesterday") }), bounded),
    refused("not-json", "a body that is not JSON has no signature to read", "body_malformed", "signature=00"),
  ],
};
