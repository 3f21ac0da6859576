// HMACs with several signature headers, with the URL in the message, and with
// challenges.
import { hmac } from "../lib/digest.mjs";
import { family } from "../lib/family.mjs";

const none = "0".repeat(64);
const json = ["Content-Type", "application/json"];

// described yields the family of a description; more makes further scenarios from
// its sample, given as headers to put in place of that of the signature.
function described(description, more = () => []) {
  const [sample] = family(description)[description.id];
  const others = sample.headers.filter(([name]) => name !== description.header);
  const sig = sample.headers.find(([name]) => name === description.header)[1];
  const under = (name, about, headers, reject) => ({
    ...sample, name, about, headers: [...others, ...headers], ...(reject ? { accept: undefined, reject } : {}),
  });
  return family(description, more({ sample, sig, under }));
}

const mollie = described({
  id: "mollie", header: "X-Mollie-Signature", prefix: "sha256=", body: '{"resource":"event","id":"event_1","type":"payment-link.paid"}', type: "json.type", eventId: "json.id",
  // The header may repeat, and the prefix be missing.
  skip: ["signature-twice", "prefix-missing"],
}, ({ sig, under }) => [
  under("without-prefix", "the prefix may be missing", [["X-Mollie-Signature", sig.slice(7)]]),
  under("second-of-two-headers", "the header may repeat, and one that matches is enough", [["X-Mollie-Signature", `sha256=${none}`], ["X-Mollie-Signature", sig]]),
  under("malformed-beside", "what cannot be read is no obstacle to the right signature beside it", [["X-Mollie-Signature", "sha256=x"], ["X-Mollie-Signature", sig]]),
  under("neither-of-two-headers", "of two signatures neither matches", [["X-Mollie-Signature", `sha256=${none}`], ["X-Mollie-Signature", `sha256=${none}`]], "signature_mismatch"),
  under("prefix-in-capitals", "the prefix is taken literally", [["X-Mollie-Signature", sig.replace("sha", "SHA")]], "signature_malformed"),
]);

const zero = Buffer.alloc(32).toString("base64");
const docusign = described({
  id: "docusign", header: "X-DocuSign-Signature-1", encoding: "base64", body: '{"event":"envelope-completed","apiVersion":"v2.1","data":{}}', type: "json.event",
}, ({ sig, under }) => [
  under("second-number", "the number says which key it is, and any may match", [["X-DocuSign-Signature-1", zero], ["X-DocuSign-Signature-2", sig]]),
  under("highest-number", "an account has up to a hundred keys", [["X-DocuSign-Signature-100", sig]]),
  under("number-too-high", "there is no key 101", [["X-DocuSign-Signature-101", sig]], "signature_missing"),
  under("without-number", "the header without a number is none", [["X-DocuSign-Signature", sig]], "signature_missing"),
  under("neither-of-two-numbers", "of two signatures neither matches", [["X-DocuSign-Signature-1", zero], ["X-DocuSign-Signature-2", zero]], "signature_mismatch"),
]);

const worldpay = described({
  id: "worldpay-access", header: "Event-Signature", write: ({ sig }) => `1/SHA256/${sig}`, body: '{"eventId":"3fbc9fbf","eventDetails":{"type":"authorized"}}',
  type: "json.eventDetails.type", eventId: "json.eventId",
}, ({ sig, under }) => [
  under("second-of-two-signatures", "a list of signatures in any order, of which one that matches is enough", [["Event-Signature", `2/SHA256/${none},${sig}`]]),
  under("first-of-two-signatures", "a list of signatures in any order, of which one that matches is enough", [["Event-Signature", `${sig}, 2/SHA256/${none}`]]),
  under("neither-of-two-signatures", "of two signatures neither matches", [["Event-Signature", `1/SHA256/${none},2/SHA256/${none}`]], "signature_mismatch"),
  under("without-key-id", "a signature without number and function is refused", [["Event-Signature", sig.slice(9)]], "signature_malformed"),
]);

// moved is the sample at another place than that which was signed.
const moved = (sample, name, about, place) => ({ ...sample, name, about, ...place, accept: undefined, reject: "signature_mismatch" });
const urls = ({ sample }) => [
  moved(sample, "another-path", "the URL is signed: another path breaks the signature", { target: sample.target + "/other" }),
  moved(sample, "query-added", "the query belongs to the URL", { target: sample.target + "?a=1" }),
  moved(sample, "another-host", "the host belongs to the URL", { host: "other.example" }),
  moved(sample, "another-scheme", "the scheme belongs to the URL", { scheme: "http" }),
];

const squareHeader = "x-square-hmacsha256-signature";
const squarePair = (name, host, target, value, body, secret, accept = { covers: ["body", "id", "type"] }) => ({
  name, about: "a pair that the vendor publishes", source: "published: github.com/square/square-nodejs-sdk, tests/integration/webhooks.test.ts",
  host, target, headers: [json, [squareHeader, value]], body, secrets: [secret], accept,
});
const square = described({
  id: "square", header: squareHeader, encoding: "base64", body: '{"merchant_id":"M","type":"payment.created","event_id":"e-1"}', type: "json.type", eventId: "json.event_id",
  message: ({ url, body }) => Buffer.concat([Buffer.from(url), body]),
}, (made) => [
  squarePair("published", "webhook.site", "/679a4f3a-dcfa-49ee-bac5-9d0edad886b9", "GF4YkrJgGBDZ9NIYbNXBnMzqb2HoL4RW/S6vkZ9/2N4=",
    '{"merchant_id":"MLEFBHHSJGVHD","type":"webhooks.test_notification","event_id":"ac3ac95b-f97d-458c-a6e6-18981597e05f","created_at":"2022-07-13T20:30:59.037339943Z","data":{"type":"webhooks","id":"bc368e64-01aa-407e-b46e-3231809b1129"}}',
    "Ibxx_5AKakO-3qeNVR61Dw", { type: "webhooks.test_notification", id: "ac3ac95b-f97d-458c-a6e6-18981597e05f", covers: ["body", "id", "type"] }),
  squarePair("published-with-angle-brackets", "webhook.site", "/webhooks", "Cxt7+aTi4rKgcA0bC4g9EHdVtLSDWdqccmL5MvihU4U=", '{"data":{"type":"webhooks","id":">id<"}}', "signature-key"),
  ...urls(made),
]);

const trello = described({
  id: "trello", header: "X-Trello-Webhook", algorithm: "sha1", encoding: "base64", body: '{"action":{"id":"a-1","type":"updateCard"},"model":{"id":"m"}}', type: "json.action.type", eventId: "json.action.id",
  message: ({ url, body }) => Buffer.concat([body, Buffer.from(url)]),
}, (made) => [
  ...urls(made),
  {
    name: "head", about: "before a webhook is made its URL is asked by HEAD", method: "HEAD", headers: [], body: "", secrets: ["s"],
    challenge: { secret: null, reply: { status: 200, type: "", body: "" } },
  },
]);

// echoed is a challenge that is given back without proof of anything.
const echoed = (id, text) => ({
  name: "challenge", about: "a challenge by GET is given back as plain text", method: "GET", target: `/in/${id}?challenge=${text}`, headers: [], body: "", secrets: ["s"],
  challenge: { secret: null, reply: { status: 200, type: "text/plain; charset=utf-8", body: text } },
});
const badChallenge = (id, name, about, query, reject) => ({ name, about, method: "GET", target: `/in/${id}?${query}`, headers: [], body: "", secrets: ["s"], reject });
const dropbox = family({ id: "dropbox", header: "X-Dropbox-Signature", body: '{"list_folder":{"accounts":["dbid:AAH4f99T0taONIb"]}}' }, [
  echoed("dropbox", "dbid-Challenge_0.1"),
  badChallenge("dropbox", "challenge-with-markup", "a challenge is no page that another site could have shown", "challenge=%3Cscript%3E", "field_malformed"),
  badChallenge("dropbox", "challenge-twice", "two challenges are refused", "challenge=a&challenge=b", "field_ambiguous"),
]);

const subscribes = "hub.mode=subscribe&hub.challenge=1158201444";
const confirmed = (name, about, tokens, more) => ({
  name, about, method: "GET", target: `/in/meta?${subscribes}&hub.verify_token=meat%20y`, headers: [], body: "", secrets: ["s"], tokens, ...more,
});
const meta = family({ id: "meta", header: "X-Hub-Signature-256", prefix: "sha256=", body: '{"object":"page","entry":[{"id":"1","time":1}]}', type: "json.object" }, [
  confirmed("challenge", "a challenge whose verification token is the source's is given back", ["meat y"], {
    challenge: { secret: null, reply: { status: 200, type: "text/plain; charset=utf-8", body: "1158201444" } },
  }),
  confirmed("challenge-of-another-token", "a challenge with another verification token is refused", ["meat z"], { reject: "credentials_mismatch" }),
  confirmed("challenge-with-the-secret", "the secret that signs is no verification token", ["t"], { secrets: ["meat y"], reject: "credentials_mismatch" }),
  badChallenge("meta", "challenge-without-token", "a subscription that states no verification token is refused", subscribes, "credentials_missing"),
  badChallenge("meta", "challenge-without-a-token-here", "a source without a verification token confirms none", `${subscribes}&hub.verify_token=t`, "no_secret"),
]);

const smartcarSecret = "smartcar management token";
const challenge = "3a5c8f72-e6d9-4b1a-9f2e-8c7d6a5b4e3f";
const answered = { status: 200, type: "application/json", body: `{"challenge":"${hmac("sha256", smartcarSecret, challenge).toString("hex")}"}` };
const asks = (name, about, body, signed, more) => ({
  name, about, body, secrets: [smartcarSecret], headers: [json, ...(signed ? [["SC-Signature", hmac("sha256", smartcarSecret, body).toString("hex")]] : [])], ...more,
});
const verify = `{"eventType":"VERIFY","data":{"challenge":"${challenge}"}}`;
const smartcar = family({ id: "smartcar", header: "SC-Signature", body: '{"eventId":"e-1","eventType":"VEHICLE_STATE","data":{}}', type: "json.eventType", eventId: "json.eventId" }, [
  asks("challenge", "a challenge is answered with its HMAC", verify, false, { challenge: { reply: answered } }),
  asks("challenge-signed", "a signed challenge is answered in the same way", verify, true, { challenge: { covers: ["body", "id", "type"], reply: answered } }),
  asks("challenge-of-version-2", "the older form of a challenge", `{"version":"2.0","eventName":"verify","payload":{"challenge":"${challenge}"}}`, false, { challenge: { reply: answered } }),
  asks("event-of-version-2", "the older form of an event has no id", '{"version":"2.0","eventName":"schedule","payload":{}}', true, { accept: { type: "schedule", covers: ["body", "id", "type"] } }),
  asks("challenge-is-an-event", "what is signed for whoever asks is no text that an event could have", '{"eventType":"VERIFY","data":{"challenge":"{}"}}', false, { reject: "field_malformed" }),
  asks("challenge-without-secret", "without a secret a challenge cannot be answered", verify, false, { secrets: [], reject: "no_secret" }),
]);

export default { ...mollie, ...docusign, ...worldpay, ...square, ...trello, ...dropbox, ...meta, ...smartcar };
