// Schemes that are known from somebody else's account, and two that a vendor's page confirms.
import { hmac } from "../lib/digest.mjs";
import { family } from "../lib/family.mjs";

const text = (...parts) => Buffer.concat(parts.map((p) => Buffer.from(p)));
const dotted = ({ stamp, body }) => text(stamp, ".", body);
const json = ["Content-Type", "application/json"];

// paired is a header of members: t, and the signature's.
const paired = (id, header, { v = "v1", unit = "s", tolerance = 300, ...more } = {}) =>
  family({ id, header, stamp: { member: "t", unit, tolerance }, message: dotted, write: ({ sig, stamp }) => `t=${stamp},${v}=${sig}`, ...more });

// apart is a signature and a time in headers of their own.
const apart = (id, header, stampHeader, message, { unit = "s", tolerance = 300, ...more } = {}, vectors) =>
  family({ id, header, stamp: { header: stampHeader, unit, tolerance }, message, ...more }, vectors);

const twitchBody = `{"subscription":{"id":"s-1","status":"enabled","type":"channel.follow"},"event":{"user_id":"1"}}`;
const verification = `{"challenge":"pogchamp-kappa-360noscope-vohiyo","subscription":{"id":"s-1","status":"webhook_callback_verification_pending","type":"channel.follow"}}`;
const at = "2026-01-02T03:04:05Z";
const twitchSigned = (secret) => [
  json, ["Twitch-Eventsub-Message-Type", "webhook_callback_verification"], ["Twitch-Eventsub-Message-Id", "m-1"], ["Twitch-Eventsub-Message-Timestamp", at],
  ["Twitch-Eventsub-Message-Signature", "sha256=" + hmac("sha256", secret, `m-1${at}${verification}`).toString("hex")],
];

export default {
  ...apart("twitch", "Twitch-Eventsub-Message-Signature", "Twitch-Eventsub-Message-Timestamp", ({ header, stamp, body }) => text(header("Twitch-Eventsub-Message-Id"), stamp, body), {
    prefix: "sha256=", unit: "rfc3339", tolerance: 600, headers: [["Twitch-Eventsub-Message-Id", "m-1"], ["Twitch-Eventsub-Message-Type", "notification"]], body: twitchBody,
    type: "json.subscription.type", eventId: "header.Twitch-Eventsub-Message-Id",
  }, [
    {
      name: "callback-verification", about: "the challenge is given back as plain text", headers: twitchSigned("twitch"), body: verification, secrets: ["twitch"],
      challenge: { covers: ["body", "id", "type", "time"], reply: { status: 200, type: "text/plain; charset=utf-8", body: "pogchamp-kappa-360noscope-vohiyo" } },
    },
    { name: "callback-verification-forged", about: "a challenge that somebody else signed is not answered", headers: twitchSigned("other"), body: verification, secrets: ["twitch"], reject: "signature_mismatch" },
  ]),
  ...apart("klaviyo", "Klaviyo-Signature", "Klaviyo-Timestamp", ({ stamp, body }) => text(body, stamp), { tolerance: null, headers: [["Klaviyo-Webhook-Id", "w-1"]], body: `{"data":[{"external_id":"e-1","topic":"event:klaviyo.opened_email"}]}` }),
  ...paired("calendly", "Calendly-Webhook-Signature", { tolerance: 180, body: `{"event":"invitee.created","payload":{}}`, type: "json.event" }),
  ...apart("airship", "X-UA-Signature", "X-UA-Timestamp", ({ stamp, body }) => text(stamp, ":", body)),
  ...apart("lob", "Lob-Signature", "Lob-Signature-Timestamp", dotted, { body: `{"id":"evt_1","event_type":{"id":"letter.created"}}`, type: "json.event_type.id", eventId: "json.id" }),
  ...paired("tiktok", "TikTok-Signature", { v: "s", body: `{"client_key":"k","event":"video.publish.completed"}`, type: "json.event" }),
  ...paired("shippo", "Shippo-Auth-Signature", { body: `{"event":"track_updated","data":{}}`, type: "json.event" }),
  ...paired("affirm", "X-Affirm-Signature", { v: "v0", algorithm: "sha512" }),
  ...apart("customer-io", "X-CIO-Signature", "X-CIO-Timestamp", ({ stamp, body }) => text("v0:", stamp, ":", body), { body: `{"event_id":"01E4","metric":"delivered","object_type":"email"}`, type: "json.metric", eventId: "json.event_id" }),
  ...family({ id: "deel", header: "x-deel-signature", body: `{"data":{"meta":{"event_type":"contract.created"}}}`, message: ({ body }) => text("POST", body), type: "json.data.meta.event_type" }),
  ...family({
    id: "framer", header: "Framer-Signature", prefix: "sha256=", headers: [["Framer-Webhook-Submission-Id", "s-1"]], message: ({ header, body }) => text(body, header("Framer-Webhook-Submission-Id")), eventId: "header.Framer-Webhook-Submission-Id",
  }),
  ...apart("configcat", "X-ConfigCat-Webhook-Signature-V1", "X-ConfigCat-Webhook-Timestamp", ({ header, stamp, body }) => text(header("X-ConfigCat-Webhook-ID"), stamp, body), {
    encoding: "base64", tolerance: null, headers: [["X-ConfigCat-Webhook-ID", "w-1"]], eventId: "header.X-ConfigCat-Webhook-ID",
  }, [{
    name: "two-signatures", about: "with two keys both sign: the one that is known is enough", secrets: ["new"], body: "{}",
    headers: [json, ["X-ConfigCat-Webhook-ID", "w-1"], ["X-ConfigCat-Webhook-Timestamp", "1767323045"], ["X-ConfigCat-Webhook-Signature-V1", ["old", "new"].map((secret) => hmac("sha256", secret, "w-11767323045{}").toString("base64")).join(",")]],
    accept: { id: "w-1", covers: ["body", "id", "time"] },
  }]),
  ...paired("knock", "x-knock-signature", { v: "s", encoding: "base64", unit: "ms", type: "json.type", eventId: "json.id" }),
  ...apart("sinch", "x-sinch-webhook-signature", "x-sinch-webhook-signature-timestamp", ({ header, stamp, body }) => text(body, ".", header("x-sinch-webhook-signature-nonce"), ".", stamp), {
    encoding: "base64", tolerance: null, headers: [["x-sinch-webhook-signature-nonce", "01FJA8B4A7BM43YGWSG9GBV067"], ["x-sinch-webhook-signature-algorithm", "HmacSHA256"]],
  }),
  ...family({ id: "paystack", header: "x-paystack-signature", algorithm: "sha512", secrets: ["sk_test_first", "sk_test_second", "sk_test_nobody"], body: `{"event":"charge.success","data":{"id":1}}`, type: "json.event" }),
  ...family({
    id: "authorize-net", header: "X-ANET-Signature", algorithm: "sha512", encoding: "HEX", prefix: "sha512=", body: `{"notificationId":"n-1","eventType":"net.authorize.payment.refund.created","payload":{}}`, type: "json.eventType", eventId: "json.notificationId",
  }, [{
    name: "published", about: "the key is the text of the signature key, not what its digits stand for", source: "published: community.developer.cybersource.com, HMAC SHA-512 hash not matching in webhook callback",
    headers: [json, ["X-ANET-Signature", "sha512=9607C69D2734514554CE13D923D19939563F2FD6567D239F49F0DF0D08865632A0FB98061B4620CC52C47BB8BF6E2B69A15A67E4C98E81D7D65111076C515C6A"]],
    body: `{"notificationId":"f813b98f-3552-4eeb-ba40-acb4704eeba3","eventType":"net.authorize.payment.authcapture.created","eventDate":"2017-03-08T17:35:37.155999Z","webhookId":"63d6fea2-aa13-4b1d-a204-f5fbc15942b7","payload":{"responseCode":1,"authCode":"8VTPDC","avsResponse":"Y","authAmount":10.00,"entityName":"transaction","id":"60019392075"}}`,
    secrets: ["2679A5D5785C9B26CF921E1754765CDDB265C9C88400786923E5343B315954FAFB4B7BF608818F6A21766741E8637DC206F286C725908C777ED4127D8562163D"],
    accept: { type: "net.authorize.payment.authcapture.created", id: "f813b98f-3552-4eeb-ba40-acb4704eeba3", covers: ["body", "id", "type"] },
  }]),
  ...family({ id: "terraform", header: "X-TFE-Notification-Signature", algorithm: "sha512", body: `{"payload_version":1,"run_id":"run-1","notifications":[{"trigger":"run:completed"}]}`, type: "json.notifications.0.trigger" }),
  ...family({ id: "quickpay", header: "QuickPay-Checksum-Sha256", headers: [["QuickPay-Resource-Type", "Payment"]], body: `{"id":7,"type":"Payment","accepted":true}`, type: "json.type" }),
};
