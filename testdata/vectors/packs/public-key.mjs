// The packs under public keys, but for tokens (jwt.mjs) and those whose signature
// stands in the body (in-body.mjs).
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import * as ed25519 from "../lib/ed25519.mjs";
import { family } from "../lib/family.mjs";
import * as rsaKeys from "../lib/rsa.mjs";
import { AT } from "../lib/scenario.mjs";

const text = (...parts) => Buffer.concat(parts.map((p) => Buffer.from(p)));
const sha256 = (body) => createHash("sha256").update(body).digest("hex");
const inDER = (pair) => pair.spki.toString("base64");
const inBase64 = (pair) => pair.base64;

// What an RSA signature, and one in ASN.1, decodes to has no length of its own by
// which it could be told from none.
const other = (...names) => Object.fromEntries(names.map((name) => [name, "signature_mismatch"]));
const rsa = { kind: "rsa", encoding: "base64", reasons: other("signature-cut-in-half", "trailing-byte", "hex-instead", "hmac-under-the-public-key") };
const ecdsa = { kind: "ecdsa", encoding: "base64", secretOf: inDER, reasons: other("signature-cut-in-half", "trailing-byte", "hmac-under-the-public-key") };

const within = (settings, packs) => Object.fromEntries(Object.entries(packs).map(([id, list]) => [id, list.map((s) => ({ ...s, settings: { ...settings, ...s.settings } }))]));

// repeated is the signer of a pair that is made from the secret, repeated to 32 bytes.
const repeated = (d) => {
  const keys = ["123456abcdef", "naOC0ocQE3shWLAfffVLB1rhYPG7dDFe", "nobody's"].map((secret) => {
    const pair = ed25519.keyPair(Buffer.from(secret.repeat(32)).subarray(0, 32));
    return { secret, sign: (message) => ed25519.sign(pair, message) };
  });
  return { keys, foreign: [] };
};

const qq = {
  id: "qq-bot", signer: repeated, header: "X-Signature-Ed25519",
  stamp: { header: "X-Signature-Timestamp", unit: "s", tolerance: null },
  message: ({ stamp, body }) => text(stamp, body),
  body: `{"op":0,"id":"C2C_MESSAGE_CREATE:evt_1","t":"C2C_MESSAGE_CREATE","d":{"content":"hello"}}`,
  type: "json.t", eventId: "json.id",
  // A time and nothing else has the form of what a check asks for.
  skip: ["empty-body"],
};

// The check of an address, and the same without a signature.
function qqChecks() {
  const pair = ed25519.keyPair(Buffer.from("123456abcdef".repeat(3)).subarray(0, 32));
  const body = `{"op":13,"d":{"plain_token":"Arq0D5A61EgUu4OxUvOp","event_ts":"1725442341"}}`;
  const stamp = String(Date.parse(AT) / 1000);
  const reply = {
    status: 200, type: "application/json",
    body: JSON.stringify({ plain_token: "Arq0D5A61EgUu4OxUvOp", signature: ed25519.sign(pair, "1725442341Arq0D5A61EgUu4OxUvOp").toString("hex") }),
  };
  const headers = (sig) => [["Content-Type", "application/json"], ["X-Signature-Timestamp", stamp], ...(sig ? [["X-Signature-Ed25519", sig]] : [])];
  const signed = ed25519.sign(pair, stamp + body).toString("hex");
  return [
    { name: "address-check", about: "the check of a callback address is answered with a signature of what it asks", headers: headers(signed), body, secrets: ["123456abcdef"], challenge: { covers: ["body", "id", "type", "time"], reply } },
    { name: "address-check-unsigned", about: "a check that nobody signed is not answered: it would sign for whoever asks", headers: headers(), body, secrets: ["123456abcdef"], reject: "signature_missing" },
  ];
}

const sendgridKey = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==";
const sendgridEvents = `[{"email":"hello@world.com","event":"dropped","reason":"Bounced Address","sg_event_id":"ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA","sg_message_id":"LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0","smtp-id":"<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>","timestamp":1600112492}]`;
const sendgridPublished = {
  source: "published: github.com/sendgrid/sendgrid-nodejs, packages/eventwebhook/src/eventwebhook.spec.js",
  headers: [
    ["X-Twilio-Email-Event-Webhook-Signature", "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM="],
    ["X-Twilio-Email-Event-Webhook-Timestamp", "1600112502"],
  ],
  secrets: [sendgridKey], at: "2020-09-14T19:41:42Z",
};

function midtransStringified() {
  const body = { originalPartnerReferenceNo: "r1", amount: { value: "10000.00", currency: "IDR" } };
  const pair = rsaKeys.keyPair(0);
  const signature = rsaKeys.sign(pair, "sha256", `POST:/in/midtrans-snapbi:${sha256(JSON.stringify(body))}:2026-01-02T10:04:05+07:00`);
  return {
    name: "stringified", about: "the digest is of the body as JSON.stringify writes it",
    headers: [["Content-Type", "application/json"], ["X-Timestamp", "2026-01-02T10:04:05+07:00"], ["X-Signature", signature.toString("base64")]],
    body: JSON.stringify(body, null, 2), secrets: [pair.publicPEM], accept: { candidate: "stringified", covers: ["body", "time"] },
  };
}

// paypalElsewhere are requests that say where a key is that is not PayPal's.
function paypalElsewhere() {
  const headers = (url, algorithm = "SHA256withRSA") => [
    ["Content-Type", "application/json"], ["PAYPAL-TRANSMISSION-ID", "69cd13f0"], ["PAYPAL-TRANSMISSION-TIME", AT], ["PAYPAL-AUTH-ALGO", algorithm], ["PAYPAL-CERT-URL", url],
    ["PAYPAL-TRANSMISSION-SIG", rsaKeys.sign(rsaKeys.keyPair(0), "sha256", `69cd13f0|${AT}|1JE4291016473214C|${crc32("{}")}`).toString("base64")],
  ];
  const good = "https://api.paypal.com/v1/notifications/certs/CERT-1";
  const refused = (name, about, reject, ...how) => ({ name, about, headers: headers(...how), body: "{}", secrets: [rsaKeys.keyPair(0).publicPEM], reject });
  return [
    ...["https://elsewhere.example/v1/notifications/certs/CERT-1", "https://api.paypal.com.example/v1/notifications/certs/CERT-1", "http://api.paypal.com/v1/notifications/certs/CERT-1", "https://api.paypal.com/v1/elsewhere/CERT-1", "https://api.paypal.com/v1/notifications/certs/../CERT-1"]
      .map((url, i) => refused(`certificate-elsewhere-${i + 1}`, "a certificate is fetched from its place at PayPal alone", "key_not_allowed", url)),
    refused("other-algorithm", "the algorithm is pinned, and not the request's to choose", "condition_failed", good, "SHA1withRSA"),
  ];
}

const crypt = { ...rsa, header: "x-ca-signature" };
const cryptQuery = "uuid=dbfcb40e-5a6b-4305-9fa2-b0fbda6e3ff2&address_in=3PFoGK63&value_coin=0.05&confirmations=3&pending=0";

const highlevel = {
  body: `{"type":"ContactCreate","locationId":"loc_1","id":"con_1","webhookId":"b7a9d1c3-8f7e-4f0e-9d0c-3c1f9be0a1b2"}`,
  type: "json.type", eventId: "json.webhookId",
};

export default {
  ...family({
    id: "telnyx", kind: "ed25519", secretOf: inBase64, header: "telnyx-signature-ed25519", encoding: "base64",
    stamp: { header: "telnyx-timestamp", unit: "s", tolerance: 300 },
    message: ({ stamp, body }) => text(stamp, "|", body),
    body: `{"data":{"event_type":"message.received","id":"b301ed3f-1490-491f-995f-6e64e69674d4","record_type":"event","payload":{}},"meta":{"attempt":1}}`,
    type: "json.data.event_type", eventId: "json.data.id",
  }),
  ...family({
    id: "sendgrid", ...ecdsa, header: "X-Twilio-Email-Event-Webhook-Signature",
    stamp: { header: "X-Twilio-Email-Event-Webhook-Timestamp", unit: "s", tolerance: null },
    message: ({ stamp, body }) => text(stamp, body),
  }, [
    { name: "published", about: "the pair of the vendor's tests: the line break at the end belongs to the body", ...sendgridPublished, body: sendgridEvents + "\r\n", accept: { covers: ["body", "time"] } },
    { name: "published-trimmed", about: "without its final line break the body is another", ...sendgridPublished, body: sendgridEvents, reject: "signature_mismatch" },
  ]),
  ...family({
    id: "kick", ...rsa, header: "Kick-Event-Signature",
    stamp: { header: "Kick-Event-Message-Timestamp", unit: "rfc3339", tolerance: null },
    headers: [["Kick-Event-Message-Id", "01JDZ4N2V7M4G1Q9Y6W8K3T5RB"], ["Kick-Event-Type", "channel.followed"], ["Kick-Event-Version", "1"]],
    message: ({ header, stamp, body }) => text(header("Kick-Event-Message-Id"), ".", stamp, ".", body),
    type: "header.Kick-Event-Type", eventId: "header.Kick-Event-Message-Id",
  }),
  ...family({
    id: "wise", ...rsa, header: "X-Signature-SHA256",
    headers: [["X-Delivery-Id", "61cab0e1-1e1a-4e0b-9a06-6a1e3f8f3f16"]],
    body: `{"data":{"resource":{"id":111,"profile_id":222,"type":"transfer"},"current_state":"processing"},"subscription_id":"01234567","event_type":"transfers#state-change","schema_version":"2.0.0"}`,
    type: "json.event_type", eventId: "header.X-Delivery-Id",
  }),
  ...family({
    id: "fireblocks", ...rsa, algorithm: "sha512", header: "Fireblocks-Signature",
    body: `{"type":"TRANSACTION_CREATED","tenantId":"d1a7","timestamp":1767323045000,"data":{"id":"tx_1"}}`, type: "json.type",
  }),
  ...family({
    id: "travis-ci", ...rsa, algorithm: "sha1", header: "Signature", contentType: "application/x-www-form-urlencoded",
    body: `payload=${encodeURIComponent(`{"id":1,"type":"push","state":"passed","branch":"main","message":"Zoë + 1"}`)}`,
    message: ({ body }) => new URLSearchParams(body.toString("utf8")).get("payload") ?? "",
    covers: ["type"], type: ({ body }) => JSON.parse(new URLSearchParams(body.toString("utf8")).get("payload")).type,
  }),
  ...family({
    id: "wechat-pay", ...rsa, header: "Wechatpay-Signature",
    stamp: { header: "Wechatpay-Timestamp", unit: "s", tolerance: 300 },
    headers: [["Wechatpay-Nonce", "fdasfads4f"], ["Wechatpay-Serial", "PUB_KEY_ID_0114232134912410000000000000"]],
    message: ({ header, stamp, body }) => text(stamp, "\n", header("Wechatpay-Nonce"), "\n", body, "\n"),
    body: `{"id":"EV-2018022511223320873","create_time":"2026-01-02T11:04:05+08:00","resource_type":"encrypt-resource","event_type":"TRANSACTION.SUCCESS","resource":{"algorithm":"AEAD_AES_256_GCM"}}`,
    type: "json.event_type", eventId: "json.id",
  }),
  ...family({
    id: "midtrans-snapbi", ...rsa, header: "X-Signature", candidate: "raw", target: "/in/midtrans-snapbi?a=1",
    stamp: { header: "X-Timestamp", unit: "rfc3339", tolerance: null },
    message: ({ stamp, body }) => `POST:/in/midtrans-snapbi:${sha256(body)}:${stamp}`,
  }, [midtransStringified()]),
  ...family({
    id: "manus", ...rsa, header: "X-Webhook-Signature", target: "/in/manus?team=7",
    stamp: { header: "X-Webhook-Timestamp", unit: "s", tolerance: 300 },
    message: ({ stamp, url, body }) => `${stamp}.${url}.${sha256(body)}`,
    body: `{"event_id":"task_created_task_abc123","event_type":"task_created","task_detail":{"task_id":"task_abc123"}}`,
    type: "json.event_type", eventId: "json.event_id",
  }),
  ...family({ id: "schlage", ...rsa, padding: "pss", header: "WebHook-Signature" }),
  ...family({
    id: "adobe-commerce", ...rsa, header: "x-adobe-commerce-webhook-signature",
    message: ({ body }) => body.toString("base64"),
  }),
  ...family({ ...crypt, id: "cryptapi", contentType: "application/x-www-form-urlencoded", body: cryptQuery }),
  ...family({
    ...crypt, id: "cryptapi-get", method: "GET", target: `/in/cryptapi-get?${cryptQuery}`, contentType: undefined, body: "", covers: [],
    message: ({ url }) => url,
  }),
  ...family({
    id: "circle", ...ecdsa, reasons: { ...ecdsa.reasons, ...other("hex-instead") }, header: "X-Circle-Signature",
    headers: [["X-Circle-Key-Id", "879dc113-5ca4-4ff7-a6b7-54652083fcf8"]],
    body: `{"subscriptionId":"00000000-0000-0000-0000-000000000000","notificationId":"7e3b0a2c-0f1d-4a9a-9a37-0d3a9b1f4c11","notificationType":"webhooks.test","notification":{"hello":"world"},"version":2}`,
    type: "json.notificationType", eventId: "json.notificationId",
  }, [
    { name: "key-missing", about: "a request that names no key is refused", headers: [["X-Circle-Signature", "MEYCIQCA"]], body: "{}", secrets: [], reject: "field_missing" },
    { name: "endpoint-check", about: "a new endpoint is checked by HEAD", method: "HEAD", headers: [], body: "", secrets: [], challenge: { secret: null, reply: { status: 200 } } },
  ]),
  ...family({
    id: "kiwify-banking", kind: "ed25519", header: "x-kiwify-digital-signature", encoding: "base64url", target: "/in/kiwify-banking?x=1",
    stamp: { header: "x-kiwify-timestamp", unit: "ms", tolerance: 300 },
    message: ({ stamp, body }) => text("/in/kiwify-banking:POST:", body, ":", stamp),
    body: `{"id":"550e8400-e29b-41d4-a716-446655440000","type":"CASHOUT.PIX.TRANSFERS.COMPLETED","version":"1.0","data":{}}`,
    type: "json.type", eventId: "json.id",
  }),
  ...family(qq, [{
    name: "published", about: "the pair of the vendor's tests", source: "published: github.com/tencent-connect/botgo, interaction/signature/interaction_test.go",
    headers: [
      ["X-Signature-Ed25519", "e949b5b94ef4103df903fb031d1d16e358db3db83e79e117edd404c8508be3ce8a76d7bad1bed353194c126a1a5915b4ad8b5288c1191cc53a12acffccd82004"],
      ["X-Signature-Timestamp", "1728981195"],
    ],
    body: `{"id":"ROBOT1.0_veoihSEXDc8Q.g-6eLpNIa11bH8MisOjn-m-LKxCPntMk6exUXgcWCGpVO7L2QKTNZzjZzFFDSbiOFcqAPWyVA!!","content":"哦一下","timestamp":"2024-10-15T16:33:15+08:00","author":{"id":"675860273","user_openid":"675860273"}}`,
    secrets: ["123456abcdef"], at: "2024-10-15T08:33:15Z",
    accept: { id: "ROBOT1.0_veoihSEXDc8Q.g-6eLpNIa11bH8MisOjn-m-LKxCPntMk6exUXgcWCGpVO7L2QKTNZzjZzFFDSbiOFcqAPWyVA!!", covers: ["body", "id", "type", "time"] },
  }, ...qqChecks()]),
  ...family({
    id: "fal-ai", kind: "ed25519", header: "X-Fal-Webhook-Signature",
    stamp: { header: "X-Fal-Webhook-Timestamp", unit: "s", tolerance: 300 },
    headers: [["X-Fal-Webhook-Request-Id", "024ca5b1-45d3-4afd-883e-ad3abe2a1c4d"], ["X-Fal-Webhook-User-Id", "user_1"]],
    message: ({ header, stamp, body }) => `${header("X-Fal-Webhook-Request-Id")}\n${header("X-Fal-Webhook-User-Id")}\n${stamp}\n${sha256(body)}`,
    eventId: "header.X-Fal-Webhook-Request-Id",
  }),
  ...family({
    ...highlevel, id: "highlevel", kind: "ed25519", encoding: "base64", header: "X-GHL-Signature",
    secretOf: (pair) => pair.publicPEM,
  }),
  ...family({ ...highlevel, id: "highlevel-rsa", ...rsa, header: "X-WH-Signature" }),
  ...family({
    id: "postal", ...rsa, algorithm: "sha1", secretOf: inDER, header: "X-Postal-Signature",
    body: `{"event":"MessageSent","timestamp":1767323045.123456,"uuid":"d3b7a0f2-0a8e-4a3c-9c37-6d0c9a1f4e55","payload":{}}`,
    type: "json.event", eventId: "json.uuid",
  }),
  ...within({ webhook_id: "1JE4291016473214C" }, family({
    id: "paypal", ...rsa, header: "PAYPAL-TRANSMISSION-SIG",
    stamp: { header: "PAYPAL-TRANSMISSION-TIME", unit: "rfc3339", tolerance: null },
    headers: [
      ["PAYPAL-TRANSMISSION-ID", "69cd13f0-d67a-11e5-baa3-778b53f4ae55"], ["PAYPAL-AUTH-ALGO", "SHA256withRSA"],
      ["PAYPAL-CERT-URL", "https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-1d93a270"],
    ],
    message: ({ header, stamp, body }) => `${header("PAYPAL-TRANSMISSION-ID")}|${stamp}|1JE4291016473214C|${crc32(body)}`,
    body: `{"id":"WH-2WR32451HC0233532-67976317FL4543714","event_type":"PAYMENT.CAPTURE.COMPLETED","resource":{"id":"42311647XV020574X"}}`,
    type: "json.event_type", eventId: "json.id", covers: ["time"],
  }, paypalElsewhere())),
};

