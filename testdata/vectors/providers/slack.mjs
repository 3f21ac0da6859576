// Slack: X-Slack-Signature is v0= and hex HMAC-SHA256 over v0:{time}:{body}. A
// url_verification is given its challenge back.
import { flip, hmac } from "../lib/digest.mjs";
import { moments } from "../lib/moments.mjs";
import { hexShape, missingAndRepeated, wrongBody, wrongKey } from "../lib/refusals.mjs";
import { AT, json, unix } from "../lib/scenario.mjs";

const header = "X-Slack-Signature";
const stampHeader = "X-Slack-Request-Timestamp";
const secret = "8f742231b10e8888abcd99yyyzzz85a5";
const now = unix(AT);
const body = '{"type":"event_callback","event_id":"Ev08MFMKH6","event":{"type":"message","text":"hi"},"team_id":"T061EG9R6"}';
const covers = ["body", "id", "type", "time"];
const event = { type: "message", id: "Ev08MFMKH6", covers };
const nameless = { covers };
const challenge = "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P";
const verification = `{"token":"Jhj5dZrVaK7ZwHHjRyZWjbDl","challenge":"${challenge}","type":"url_verification"}`;

const digest = (key, body, algorithm = "sha256", stamp = now) => hmac(algorithm, key, Buffer.concat([Buffer.from(`v0:${stamp}:`), Buffer.from(body)]));
const value = (body, { key = secret, stamp = now } = {}) => "v0=" + digest(key, body, "sha256", stamp).toString("hex");
const send = (text, stamp = now) => [json, [stampHeader, String(stamp)], [header, text]];
const good = (name, about, more = {}) => ({
  name, about, body, secrets: [secret], headers: send(value(more.body ?? body)), accept: event, ...more,
});
const bad = (name, about, reject, more = {}) => ({
  name, about, body, secrets: [secret], headers: send(value(more.body ?? body)), reject, ...more,
});
const echoed = (name, about, body, text = challenge) => ({
  name, about, body, secrets: [secret], headers: send(value(body)),
  challenge: { covers, reply: { status: 200, type: "text/plain; charset=utf-8", body: text } },
});
const asks = (text) => `{"type":"url_verification","challenge":${text}}`;
const scheme = {
  header, prefix: "v0=", body, secret, send: (text) => send(text), other: "sha512", digest, write: (sum) => sum.toString("hex"),
};
const form = "token=gIkuvaNzQIHg97ATvDxqgjtO&team_id=T0001&command=%2Fweather&text=94070&trigger_id=13345224609.738474920.8088930838d88f008e0";
const asForm = (body, text) => [["Content-Type", "application/x-www-form-urlencoded"], ...send(text).slice(1)];

const accepted = [
  { name: "published-docs", about: "the slash command of the vendor's page", source: "published: docs.slack.dev, verifying requests from Slack",
    at: "2018-07-12T18:36:58Z", secrets: [secret],
    body: "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
    headers: [["Content-Type", "application/x-www-form-urlencoded"], [stampHeader, "1531420618"], [header, "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"]],
    accept: nameless },
  good("event", "an event; its type is that of the inner event"),
  good("slash-command", "a slash command is a form: it verifies, and has neither type nor id", { body: form, headers: asForm(form, value(form)), accept: nameless }),
  good("without-event", "a body without an inner event has no type", { body: '{"type":"app_rate_limited","event_id":"Ev1"}', accept: { id: "Ev1", covers } }),
  good("verification-nested", "the type of a challenge is the member of the outermost object alone", { body: '{"event_id":"Ev1","event":{"type":"url_verification","challenge":"x"}}', accept: { id: "Ev1", type: "url_verification", covers } }),
  good("verification-in-a-form", "a form that speaks of url_verification is a form", { body: "type=url_verification&challenge=x", accept: nameless }),
  good("verification-in-another-case", "the type is compared as text", { body: '{"type":"URL_VERIFICATION","challenge":"x"}', accept: nameless }),
  good("emoji-and-escapes", "raw UTF-8, escapes and 1.0 are hashed as sent", { body: '{"event_id":"Ev1","event":{"type":"message","text":"🎉 \\u00e9\\/"},"n":1.0}', accept: { ...event, id: "Ev1" } }),
  good("trailing-newline", "a final newline belongs to the body", { body: body + "\n" }),
  good("not-utf8", "bytes that are not UTF-8 are hashed as they are", { body: Buffer.from([0xff, 0x3a, 0x80]), accept: nameless }),
  good("digest-in-capitals", "hex verifies in either case", { headers: send("v0=" + value(body).slice(3).toUpperCase()) }),
  good("first-of-two-secrets", "two secrets, and the first one signed", { secrets: [secret, "next"], accept: { ...event, secret: 0 } }),
  good("second-of-two-secrets", "two secrets, and the second one signed", { secrets: ["next", secret], accept: { ...event, secret: 1 } }),
];

const challenges = [
  echoed("url-verification", "the challenge of the vendor's page is given back as plain text", verification),
  echoed("all-characters", "letters, digits and -._~ may stand in a challenge", asks('"aZ09-._~"'), "aZ09-._~"),
  echoed("longest", "256 characters are within the limit", asks(`"${"a".repeat(256)}"`), "a".repeat(256)),
  echoed("digits", "a challenge that is a number is given back as it was written", asks("1234"), "1234"),
  bad("challenge-wrong-secret", "a challenge is answered only under a signature that holds", "signature_mismatch", { body: verification, headers: send(value(verification, { key: "another secret" })) }),
  bad("challenge-unsigned", "a challenge without a signature is not answered", "signature_missing", { body: verification, headers: [json, [stampHeader, String(now)]] }),
  bad("challenge-too-old", "a challenge that was seen is not answered again later", "timestamp_too_old", { body: verification, headers: send(value(verification, { stamp: now - 301 }), now - 301) }),
  bad("challenge-missing", "a url_verification without a challenge is no event either", "field_missing", { body: '{"type":"url_verification"}' }),
  bad("challenge-empty", "an empty challenge is none", "field_malformed", { body: asks('""') }),
  bad("challenge-with-markup", "markup is not given back", "field_malformed", { body: asks('"<script>alert(1)</script>"') }),
  bad("challenge-with-line-break", "a line break is not given back", "field_malformed", { body: asks('"a\\r\\nb"') }),
  bad("challenge-not-ascii", "letters beyond ASCII are not given back", "field_malformed", { body: asks('"é"') }),
  bad("challenge-too-long", "257 characters are beyond the limit", "field_malformed", { body: asks(`"${"a".repeat(257)}"`) }),
  bad("challenge-object", "a challenge that is an object is refused", "field_malformed", { body: asks('{"a":1}') }),
  bad("challenge-null", "a challenge that is null is refused", "field_malformed", { body: asks("null") }),
  bad("challenge-twice", "two challenges let two readers see two", "body_ambiguous", { body: '{"type":"url_verification","challenge":"a","challenge":"b"}' }),
  bad("type-twice", "two types let one reader see an event and another a challenge", "body_ambiguous", { body: '{"type":"url_verification","type":"event_callback","challenge":"a"}' }),
  bad("challenge-beside-a-name-twice", "duplicate names are refused anywhere", "body_ambiguous", { body: '{"type":"url_verification","challenge":"a","x":{"y":1,"y":2}}' }),
];

const timed = moments({ stated: (stamp) => send(value(body, { stamp }), stamp), accept: event, body, secret });

const refused = [
  ...missingAndRepeated(scheme),
  ...wrongKey(scheme),
  ...wrongBody(scheme),
  ...hexShape(scheme),
  bad("timestamp-missing", "the time is signed: a request without it is refused before any comparison", "timestamp_missing", { headers: [json, [header, value(body)]] }),
  bad("timestamp-twice", "two times are refused", "field_ambiguous", { headers: [...send(value(body)), [stampHeader, String(now)]] }),
  bad("timestamp-replaced", "a fresh time in place of the signed one breaks the digest", "signature_mismatch", { headers: send(value(body, { stamp: now - 900 }), now) }),
  bad("timestamp-normalised", "0… sent and signed without its zero: the verbatim text was not signed", "signature_mismatch", { headers: send(value(body), `0${now}`) }),
  bad("version-one", "v1= is another version", "signature_malformed", { headers: send(value(body).replace("v0=", "v1=")) }),
  bad("version-missing", "the right digest without its version is refused", "signature_malformed", { headers: send(value(body).slice(3)) }),
  bad("version-in-capitals", "V0= is another version", "signature_malformed", { headers: send(value(body).replace("v0=", "V0=")) }),
  bad("digest-empty", "v0= with nothing behind it matches nothing", "signature_malformed", { headers: send("v0=") }),
  bad("version-not-signed", "the message begins with the version", "signature_mismatch", { headers: send("v0=" + hmac("sha256", secret, `${now}:${body}`).toString("hex")) }),
  bad("body-swapped-for-a-challenge", "the signature of an event does not make a challenge of another body", "signature_mismatch", { body: verification, headers: send(value(body)) }),
  bad("event-one-bit-changed", "one changed bit breaks the digest", "signature_mismatch", { body: flip(body, 60), headers: send(value(body)) }),
];

export const slack = [...accepted, ...challenges, ...timed, ...refused];
