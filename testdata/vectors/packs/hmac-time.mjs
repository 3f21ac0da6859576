// HMACs of a time and the body, with the time in the signature's header or in one of its own.
import { hmac } from "../lib/digest.mjs";
import { family } from "../lib/family.mjs";
import { AT } from "../lib/scenario.mjs";

const text = (...parts) => Buffer.concat(parts.map((p) => Buffer.from(p)));
const dotted = ({ stamp, body }) => text(stamp, ".", body);

// paired is a header of members, the time's and the signature's.
const paired = (id, header, { t = "t", v = "v1", between = ",", unit = "s", tolerance = 300, message = dotted, ...more }, vectors) =>
  family({
    id, header, stamp: { member: t, unit, tolerance }, separator: between.trim(), message,
    write: ({ sig, stamp }) => `${t}=${stamp}${between}${v}=${sig}`, ...more,
  }, vectors);

// apart is a signature and a time in headers of their own.
const apart = (id, header, stampHeader, { unit = "s", tolerance = 300, write, message = dotted, ...more }, vectors) =>
  family({ id, header, stamp: { header: stampHeader, unit, tolerance, ...(write && { write }) }, message, ...more }, vectors);

const json = ["Content-Type", "application/json"];
const iso = (ms) => new Date(ms).toISOString().replace("Z", "");

// rotated is a request under two secrets, of which the source has the second alone.
const now = { s: String(Date.parse(AT) / 1000), ms: String(Date.parse(AT)), iso: iso(Date.parse(AT)) };
const rotated = (message, headers, accept) => ({
  name: "two-signatures", about: "while a secret is rotated both sign: the one that is known is enough",
  headers: [json, ...headers(["old", "new"].map((secret) => hmac("sha256", secret, message).toString("hex")))], body: "{}", secrets: ["new"], accept,
});

// challenged is a request of a handshake, and the same with a signature of somebody else.
const challenged = (body, signed, covers, reply) => {
  const request = (secret) => ({ headers: [json, ...signed((message, encoding) => hmac("sha256", secret, message).toString(encoding))], body, secrets: ["key"] });
  return [
    { name: "handshake", about: "the challenge is answered as the vendor wants it", ...request("key"), challenge: { covers, reply: { status: 200, type: "application/json", body: reply } } },
    { name: "handshake-forged", about: "a challenge that somebody else signed is not answered", ...request("other"), reject: "signature_mismatch" },
  ];
};
const validation = `{"event":"endpoint.url_validation","payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"}}`;
const sync = `{"type":"sync","authorization":{"id":"cmp_abc"}}`;

export default {
  ...paired("buildkite", "X-Buildkite-Signature", { t: "timestamp", v: "signature", headers: [["X-Buildkite-Event", "build.finished"]], body: `{"event":"build.finished","build":{"id":"b-1","number":12}}`, type: "json.event" }),
  ...paired("paddle", "Paddle-Signature", {
    t: "ts", v: "h1", between: ";", tolerance: 5, message: ({ stamp, body }) => text(stamp, ":", body),
    secrets: ["pdl_ntfset_01_first", "pdl_ntfset_01_second", "pdl_ntfset_01_nobody"], body: `{"event_id":"evt_01","event_type":"price.created","data":{"id":"pri_01"}}`, type: "json.event_type", eventId: "json.event_id",
  }, [
    {
      name: "published-node", about: "the pair of the tests of Paddle's library for Node.js", source: "published: github.com/PaddleHQ/paddle-node-sdk, webhooks-validator.node.test.ts",
      headers: [json, ["Paddle-Signature", "ts=1698796800;h1=a300428748dce5c70e4da19bffd60769591ea969c99dea3105d0ec9612cf43f9"]],
      body: `{"data": ["1", "2"]}`, secrets: ["VALID_SECRET"], at: "2023-11-01T00:00:00Z", accept: { covers: ["body", "id", "type", "time"] },
    },
    {
      name: "published-go", about: "the pair of the tests of Paddle's library for Go", source: "published: github.com/PaddleHQ/paddle-go-sdk, webhook_verifier_test.go",
      headers: [json, ["Paddle-Signature", "ts=1710929255;h1=6c05ef8fa83c44d751be6d259ec955ce5638e2c54095bf128e408e2fce1589c8"]],
      body: `{"data":{"id":"pri_01hsdn96k2hxjzsq5yerecdj9j","name":null,"status":"active","quantity":{"maximum":999999,"minimum":1},"tax_mode":"account_setting","product_id":"pro_01hsdn8qp7yydry3x1yeg6a9rv","unit_price":{"amount":"1000","currency_code":"USD"},"custom_data":null,"description":"testing","import_meta":null,"trial_period":null,"billing_cycle":{"interval":"month","frequency":1},"unit_price_overrides":[]},"event_id":"evt_01hsdn97563968dy0szkmgjwh3","event_type":"price.created","occurred_at":"2024-03-20T10:07:35.590857Z","notification_id":"ntf_01hsdn977e920kbgzt6r6c9rqc"}`,
      secrets: ["pdl_ntfset_01hsdn8d43dt7mezr1ef2jtbaw_hKkRiCGyyRhbFwIUuqiTBgI7gnWoV0Gr"], at: "2024-03-20T10:07:35Z", accept: { type: "price.created", id: "evt_01hsdn97563968dy0szkmgjwh3", covers: ["body", "id", "type", "time"] },
    },
    rotated(`${now.s}:{}`, ([a, b]) => [["Paddle-Signature", `ts=${now.s};h1=${a};h1=${b}`]], { covers: ["body", "id", "type", "time"] }),
  ]),
  ...family({
    id: "recurly", header: "recurly-signature", stamp: { member: "time", unit: "ms", tolerance: 300 }, message: dotted, write: ({ sig, stamp }) => `${stamp},${sig}`,
    body: `{"id":"rjxwmwedwqug","object_type":"account","event_type":"created"}`, type: "json.event_type",
    // The time has no name that could be left out: a header without it is one field short.
    skip: ["timestamp-missing"],
  }, [
    {
      name: "published", about: "the pair of the tests of Recurly's library for Ruby", source: "published: github.com/recurly/recurly-client-ruby, spec/recurly/webhooks_spec.rb",
      headers: [json, ["recurly-signature", "1663103925004,ad24699f3beaa24c9af2cc7ada3ce4c835da0090194241b9d3add83d27f14bc3"]],
      body: `{"id":"rjxwmwedwqug","object_type":"account","site_id":"qc326l1hl8k9","event_type":"created","event_time":"2022-09-13T21:18:40Z","account_code":"adfas23zzz14123"}`,
      secrets: ["354fab5bd35f5a0d50845ee7e30165244468b13c2c343f104e4e730a59326d9d"], at: "2022-09-13T21:18:45Z", accept: { type: "created", covers: ["body", "type", "time"] },
    },
    rotated(`${now.ms}.{}`, ([a, b]) => [["recurly-signature", `${now.ms},${a},${b}`]], { covers: ["body", "type", "time"] }),
    {
      name: "time-left-out", about: "a header of a signature alone is one field short",
      headers: [json, ["recurly-signature", "ad24699f3beaa24c9af2cc7ada3ce4c835da0090194241b9d3add83d27f14bc3"]], body: "{}", secrets: ["s"], reject: "signature_malformed",
    },
  ]),
  ...apart("orb", "X-Orb-Signature", "X-Orb-Timestamp", {
    prefix: "v1=", unit: "rfc3339", write: iso, message: ({ stamp, body }) => text("v1:", stamp, ":", body), type: "json.type", eventId: "json.id",
  }, [
    rotated(`v1:${now.iso}:{}`, ([a, b]) => [["X-Orb-Timestamp", now.iso], ["X-Orb-Signature", `v1=${a} v1=${b}`]], { covers: ["body", "id", "type", "time"] }),
  ]),
  ...apart("cashfree", "x-webhook-signature", "x-webhook-timestamp", { encoding: "base64", unit: "ms", tolerance: null, message: ({ stamp, body }) => text(stamp, body), type: "json.type" }),
  ...apart("zoom", "x-zm-signature", "x-zm-request-timestamp", { prefix: "v0=", message: ({ stamp, body }) => text("v0:", stamp, ":", body), body: `{"event":"meeting.started","payload":{"object":{"id":"1"}}}`, type: "json.event" }, [
    ...challenged(validation, (sign) => [["x-zm-request-timestamp", now.s], ["x-zm-signature", `v0=${sign(`v0:${now.s}:${validation}`, "hex")}`]], ["body", "type", "time"],
      JSON.stringify({ encryptedToken: hmac("sha256", "key", "qgg8vlvZRS6UYooatFL8Aw").toString("hex"), plainToken: "qgg8vlvZRS6UYooatFL8Aw" })),
  ]),
  ...apart("webflow", "x-webflow-signature", "x-webflow-timestamp", { unit: "ms", message: ({ stamp, body }) => text(stamp, ":", body), body: `{"triggerType":"form_submission","payload":{"name":"Contact"}}`, type: "json.triggerType" }),
  ...paired("sanity", "sanity-webhook-signature", { encoding: "base64url", unit: "ms", tolerance: null, headers: [["idempotency-key", "k-1"]], eventId: "header.idempotency-key" }, [
    {
      name: "published", about: "the pair of the tests of Sanity's library", source: "published: github.com/sanity-io/webhook-toolkit, test/signature.test.ts",
      headers: [json, ["sanity-webhook-signature", "t=1633518820676,v1=e7C9h2sfbFfc4V7TEz7PSOp4IoNzl0UdVsBV-1wgdeA"]],
      body: `{"title":"GROQ-Hooks are neat"}`, secrets: ["try-me"], at: "2021-10-06T11:13:40Z", accept: { covers: ["body", "time"] },
    },
  ]),
  ...apart("zendesk", "X-Zendesk-Webhook-Signature", "X-Zendesk-Webhook-Signature-Timestamp", {
    encoding: "base64", unit: "rfc3339", tolerance: null, message: ({ stamp, body }) => text(stamp, body), headers: [["X-Zendesk-Webhook-Invocation-Id", "01HX"]], eventId: "header.X-Zendesk-Webhook-Invocation-Id", type: "json.type",
  }),
  ...paired("dixa", "X-DIXA-SIGNATURE", { unit: "ms", tolerance: null, secrets: ["00ff10ab00ff10ab", "11ff10ab00ff10ab", "22ff10ab00ff10ab"], key: (s) => Buffer.from(s, "hex") }),
  ...paired("moonpay", "Moonpay-Signature-V2", { v: "s", type: "json.type" }),
  ...paired("sightengine", "Sightengine-Signature", {}),
  ...paired("zoho-payments", "X-Zoho-Webhook-Signature", { v: "v", unit: "ms", tolerance: null }),
  ...apart("podium", "podium-signature", "podium-timestamp", { unit: "ms", tolerance: null }),
  ...paired("billit", "Billit-Signature", { v: "s" }),
  ...apart("opay", "Authorization", "RequestTimestamp", { algorithm: "sha512", unit: "ms", tolerance: null, headers: [["MerchantId", "256600000000001"]], message: ({ stamp, body }) => text(stamp, body) }),
  ...apart("emailit", "X-Emailit-Signature", "X-Emailit-Timestamp", {}),
  ...apart("revolut", "Revolut-Signature", "Revolut-Request-Timestamp", { prefix: "v1=", unit: "ms", message: ({ stamp, body }) => text("v1.", stamp, ".", body), body: `{"event":"ORDER_COMPLETED","order_id":"o-1"}`, type: "json.event" }, [
    rotated(`v1.${now.ms}.{}`, ([a, b]) => [["Revolut-Request-Timestamp", now.ms], ["Revolut-Signature", `v1=${a},v1=${b}`]], { covers: ["body", "type", "time"] }),
  ]),
  ...apart("front", "X-Front-Signature", "X-Front-Request-Timestamp", { encoding: "base64", unit: "ms", message: ({ stamp, body }) => text(stamp, ":", body), type: "json.type" }, [
    ...challenged(sync, (sign) => [["X-Front-Request-Timestamp", now.ms], ["X-Front-Challenge", "abc123"], ["X-Front-Signature", sign(`${now.ms}:${sync}`, "base64")]], ["body", "type", "time"], `{"challenge":"abc123"}`),
  ]),
  ...paired("persona", "Persona-Signature", { body: `{"data":{"type":"event","id":"evt_1","attributes":{"name":"inquiry.completed"}}}`, type: "json.data.attributes.name", eventId: "json.data.id" }),
  ...apart("airwallex", "x-signature", "x-timestamp", { unit: "ms", tolerance: null, message: ({ stamp, body }) => text(stamp, body), body: `{"id":"evt_1","name":"payment_intent.succeeded"}`, type: "json.name", eventId: "json.id" }),
  ...family({
    id: "hygraph", header: "gcms-signature", encoding: "base64", stamp: { member: "t", unit: "ms", tolerance: null }, body: `{"operation":"publish","data":{"id":"c-1","title":"Ada \\"the\\" first"}}`,
    message: ({ stamp, body }) => `{"Body":${JSON.stringify(body.toString("utf8"))},"EnvironmentName":"master","TimeStamp":${stamp}}`,
    write: ({ sig, stamp }) => `sign=${sig}, env=master, t=${stamp}`, type: "json.operation",
    // The body becomes a text of JSON, which bytes that are not UTF-8 cannot.
    skip: ["not-utf8"],
  }, [
    {
      name: "another-environment", about: "an event of another environment is signed with the same secret, and refused", body: "{}", secrets: ["hy"], reject: "condition_failed",
      headers: [json, ["gcms-signature", `sign=${hmac("sha256", "hy", `{"Body":"{}","EnvironmentName":"dev","TimeStamp":${now.ms}}`).toString("base64")}, env=dev, t=${now.ms}`]],
    },
    {
      name: "environment-of-the-setting", about: "a source of another environment says so", body: "{}", secrets: ["hy"], settings: { environment: "dev" }, accept: { covers: ["body", "type", "time"] },
      headers: [json, ["gcms-signature", `sign=${hmac("sha256", "hy", `{"Body":"{}","EnvironmentName":"dev","TimeStamp":${now.ms}}`).toString("base64")}, env=dev, t=${now.ms}`]],
    },
  ]),
};
