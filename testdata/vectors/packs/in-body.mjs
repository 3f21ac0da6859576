// The packs under fetched keys whose signature stands in the body, or is wrapped in
// JSON of its own.
import { createHash } from "node:crypto";
import * as ecdsa from "../lib/ecdsa.mjs";
import { family } from "../lib/family.mjs";
import * as rsa from "../lib/rsa.mjs";
import { AT } from "../lib/scenario.mjs";

const [ours, next, nobodys] = [0, 1, 2].map((n) => rsa.keyPair(n));
const topic = "arn:aws:sns:us-west-2:123456789012:MyTopic";
const certificate = "https://sns.us-west-2.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem";

// signed are the members that Amazon SNS signs, in this order, where they are there.
const signed = ["Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];

// sns are the scenarios of one version of the signature.
function sns(version, hash) {
  const members = (more = {}) => ({
    Type: "Notification", MessageId: "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324", TopicArn: topic, Subject: "My First Message",
    Message: "Hello world! Zoë 🦊\nsecond line", Timestamp: "2026-01-02T03:04:05.937Z", SignatureVersion: version, SigningCertURL: certificate,
    UnsubscribeURL: "https://sns.us-west-2.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=arn", ...more,
  });
  const text = (m) => signed.filter((name) => m[name] !== undefined).map((name) => `${name}\n${m[name]}\n`).join("");
  const sign = (m, { key = ours, digest = hash } = {}) => ({ ...m, Signature: rsa.sign(key, digest, text(m)).toString("base64") });
  const post = (name, about, event, outcome) => ({
    name, about, headers: [["Content-Type", "text/plain; charset=UTF-8"], ["x-amz-sns-message-type", String(event.Type)]],
    body: typeof event === "string" ? event : JSON.stringify(event, null, 2), secrets: [ours.publicPEM], settings: { topic }, ...outcome,
  });
  const holds = (name, about, event, more, type = "Notification") => post(name, about, event, { accept: { type, id: "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324", covers: ["id", "type", "time"], ...more?.accept }, ...more?.rest });
  const fails = (name, about, reject, event, more) => post(name, about, event, { reject, ...more });
  const good = sign(members());
  const control = (Type, host = "sns.us-west-2.amazonaws.com") => sign(members({
    Type, Subject: undefined, Token: "2336412f37", UnsubscribeURL: undefined, Message: "You have chosen to subscribe to the topic.",
    SubscribeURL: `https://${host}/?Action=ConfirmSubscription&TopicArn=${topic}&Token=2336412f37`,
  }));
  const confirmation = control("SubscriptionConfirmation");
  const other = hash === "sha1" ? "sha256" : "sha1";
  return [
    holds("sample", "a notification as the vendor sends it", good),
    holds("without-subject", "a subject that is not there is not signed", sign(members({ Subject: undefined }))),
    holds("another-order", "the order of the members is that of the signature, not of the body", Object.fromEntries(Object.entries(good).reverse())),
    holds("second-of-two-keys", "two keys, and the second one signed", sign(members(), { key: next }), { accept: { secret: 1 }, rest: { secrets: [ours.publicPEM, next.publicPEM] } }),
    holds("unsigned-member", "the URL for unsubscribing and the attributes of a message are not signed", { ...good, UnsubscribeURL: "https://elsewhere.example/", MessageAttributes: { a: { Type: "String", Value: "b" } } }),
    holds("unsubscribed", "the end of a subscription is an event, and no handshake", control("UnsubscribeConfirmation"), {}, "UnsubscribeConfirmation"),
    post("subscription", "a subscription to the topic asks for a visit", confirmation, { challenge: { covers: ["id", "type", "time"], reply: { status: 200, confirm: confirmation.SubscribeURL } } }),
    fails("subscription-elsewhere", "a visit to another host than Amazon SNS is refused, though it was signed", "field_malformed", control("SubscriptionConfirmation", "sns.us-west-2.amazonaws.com.example")),
    fails("other-topic", "Amazon SNS signs for everybody: another topic is refused", "condition_failed", sign(members({ TopicArn: topic + "2" }))),
    fails("subscription-to-other-topic", "nobody can have a source subscribed to a topic of their own", "condition_failed", sign({ ...members({ TopicArn: topic + "2" }), Type: "SubscriptionConfirmation", Token: "t", SubscribeURL: confirmation.SubscribeURL })),
    fails("no-topic", "without the setting topic every topic is refused", "condition_failed", good, { settings: undefined }),
    fails("other-version", "the version of the signature is pinned", "condition_failed", { ...good, SignatureVersion: version === "1" ? "2" : "1" }),
    fails("version-missing", "a message without its version is refused", "field_missing", { ...good, SignatureVersion: undefined }),
    fails(`signed-over-${other}`, "the algorithm is pinned, and not the message's to choose", "signature_mismatch", sign(members(), { digest: other })),
    ...["https://elsewhere.example/SimpleNotificationService-1.pem", "https://sns.s3.amazonaws.com/1.pem", "http://sns.us-west-2.amazonaws.com/1.pem", "https://sns.us-west-2.amazonaws.com/1.txt", "https://sns.us-west-2.amazonaws.com@elsewhere.example/1.pem"]
      .map((url, i) => fails(`certificate-elsewhere-${i + 1}`, "a certificate is fetched from the hosts of Amazon SNS alone", "key_not_allowed", { ...good, SigningCertURL: url })),
    fails("certificate-missing", "a message that does not say where its certificate is has none", "field_missing", { ...good, SigningCertURL: undefined }),
    fails("wrong-key", "what another key signed matches nothing", "signature_mismatch", sign(members(), { key: nobodys })),
    fails("no-secret", "without a key nothing is accepted", "no_secret", good, { secrets: [] }),
    fails("message-changed", "another message breaks the signature", "signature_mismatch", { ...good, Message: "Hello" }),
    fails("subject-removed", "a subject that was signed must be there", "signature_mismatch", { ...good, Subject: undefined }),
    fails("token-added", "a token that was not signed must not be there", "signature_mismatch", { ...good, Token: "2336412f37" }),
    fails("type-changed", "a notification is no confirmation", "signature_mismatch", { ...good, Type: "SubscriptionConfirmation" }),
    fails("message-missing", "a message that lacks what is signed is refused", "field_missing", { ...good, MessageId: undefined }),
    fails("message-twice", "a member that is there twice is refused", "body_ambiguous", JSON.stringify(good).replace("{", `{"Message":"Hello",`)),
    fails("signature-missing", "a message without a signature is refused", "signature_missing", { ...good, Signature: undefined }),
    fails("signature-not-base64", "a signature that is not base64 cannot be read", "signature_malformed", { ...good, Signature: good.Signature + "!" }),
    fails("signature-number", "a signature that is no text cannot be read", "signature_malformed", { ...good, Signature: [good.Signature] }),
    fails("signature-twice", "two signatures in one body are refused", "body_ambiguous", JSON.stringify(good).replace("{", `{"Signature":"AAAA",`)),
    fails("not-json", "a body that is not JSON has no signature", "body_malformed", "Hello"),
  ];
}

const ebayKey = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEZhhxXKtR+TOvtDbgTPCkSof02qgB\nB7IsYOyf76ilExJ/upAa/vKIKheOoCyOpcLmi4t0b4uepb7LLjmMr90FUg==\n-----END PUBLIC KEY-----";
const ebaySample = (name, about, signature, body) => ({
  name, about, source: "published: github.com/eBay/event-notification-nodejs-sdk, test/test.json",
  headers: [["Content-Type", "application/json"], ["X-EBAY-SIGNATURE", signature]], body, secrets: [ebayKey], reject: "signature_mismatch",
});
const ebayStringified = () => {
  const event = { metadata: { topic: "MARKETPLACE_ACCOUNT_DELETION" }, notification: { notificationId: "49feeaeb" } };
  const pair = ecdsa.keyPair("P-256", "ebay first");
  const signature = ecdsa.sign(pair, "sha1", JSON.stringify(event)).toString("base64");
  return {
    name: "stringified", about: "what is signed may be the body as JSON.stringify writes it",
    headers: [["Content-Type", "application/json"], ["X-EBAY-SIGNATURE", Buffer.from(JSON.stringify({ kid: "1", signature })).toString("base64")]],
    body: JSON.stringify(event, null, 2), secrets: [pair.publicPEM],
    accept: { type: "MARKETPLACE_ACCOUNT_DELETION", id: "49feeaeb", candidate: "stringified", covers: ["body", "id", "type"] },
  };
};
const ebayWithoutKey = () => ({
  ...ebayStringified(), name: "key-missing", about: "a signature that names no key is refused", accept: undefined, reject: "field_malformed",
  headers: [["Content-Type", "application/json"], ["X-EBAY-SIGNATURE", Buffer.from(JSON.stringify({ signature: "AAAA" })).toString("base64")]],
});
const ebayChecks = () => {
  const target = "/in/ebay?challenge_code=a8628072-3d33-45ee-9004-bee86830a22d";
  const token = "71745723-d031-455c-bfa5-f90d11b4f20a";
  const challengeResponse = createHash("sha256").update(`a8628072-3d33-45ee-9004-bee86830a22d${token}https://hookseal.example/in/ebay`).digest("hex");
  const check = { method: "GET", target, headers: [], body: "", secrets: [] };
  return [
    { ...check, name: "endpoint-check", about: "a new endpoint is asked for a digest of the code, the verification token and its URL", tokens: [token], challenge: { secret: null, reply: { status: 200, type: "application/json", body: JSON.stringify({ challengeResponse }) } } },
  ];
};
const mismatch = (...names) => Object.fromEntries(names.map((name) => [name, "signature_mismatch"]));

export default {
  "aws-sns": sns("2", "sha256"),
  "aws-sns-v1": sns("1", "sha1"),
  ...family({
    id: "ebay", kind: "ecdsa", algorithm: "sha1", encoding: "base64", header: "X-EBAY-SIGNATURE", candidate: "raw",
    write: ({ sig }) => Buffer.from(JSON.stringify({ alg: "ecdsa", kid: "9936261a-7d7b-4621-a0f1-96ccb428af49", signature: sig, digest: "SHA1" })).toString("base64"),
    body: `{"metadata":{"topic":"MARKETPLACE_ACCOUNT_DELETION","schemaVersion":"1.0","deprecated":false},"notification":{"notificationId":"49feeaeb-4982-42d9-a377-9645b8479411","eventDate":"${AT}"}}`,
    type: "json.metadata.topic", eventId: "json.notification.notificationId",
    reasons: mismatch("signature-cut-in-half", "trailing-byte", "hmac-under-the-public-key"),
    // JSON.stringify writes no line break at the end.
    skip: ["body-final-newline-added"],
  }, [
    ebayStringified(),
    ebaySample("published-invalid", "a pair of the vendor's tests that does not verify",
      "eyJhbGciOiJlY2RzYSIsImtpZCI6Ijk5MzYyNjFhLTdkN2ItNDYyMS1hMGYxLTk2Y2NiNDI4YWY0OSIsInNpZ25hdHVyZSI6Ik1FWUNJUUNmeGZJV3V4bVdjSUJRSjljNS9YN2lHREpxczJSQ0dzQkVhQWppbnlycmZBSWhBSVY2d0djVGlCdVY1S0pVaWYyaG9reXJMK1E5c3NIa2FkK214Mm5FRTI1dyIsImRpZ2VzdCI6IlNIQTEifQ==",
      `{"metadata":{"topic":"MARKETPLACE_ACCOUNT_DELETION","schemaVersion":null,"deprecated":false},"notification":{"notificationId":"a8056b59-5d45-43af-b235-d8707e9cd8f8_27d7b146-b03f-4b8a-846e-9aa1f750a969","eventDate":"2021-03-11T19:13:43.982Z","publishDate":"2021-03-11T19:13:44.209Z","publishAttemptCount":1000,"data":{"username":"test_user","userId":"ma8vp1jySJC","eiasToken":"nY+sHZ2PrBmdj6wVnY+sEZ2PrA2dj6wJnY+gAZGEpwmdj6x9nY+seQ=="}}}`),
    ...ebayChecks(),
    ebayWithoutKey(),
  ]),
};
