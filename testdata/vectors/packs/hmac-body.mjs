// HMACs of the raw body in a header of their own, for which no pair was published.
import { family } from "../lib/family.mjs";

const hub = { prefix: "sha256=" };
const base64 = { encoding: "base64" };

// versioned is a list such as v1=…,v1=…
const versioned = { prefix: "v1=" };
// lists are what such a list may hold beside the right signature.
const lists = (id, header, extra) => {
  const [{ headers, accept, ...sample }] = family({ id, header, prefix: "v1=", ...extra })[id];
  const sig = headers.at(-1)[1];
  const none = "v1=" + "0".repeat(64);
  const list = (name, about, text, verdict) => ({ ...sample, name, about, headers: [...headers.slice(0, -1), [header, text]], ...verdict });
  return [
    list("second-of-two-signatures", "any v1 may match", `${none},${sig}`, { accept }),
    list("other-version-passed-over", "another version is no signature, and no obstacle", `v2=${"0".repeat(64)},${sig}`, { accept }),
    list("other-version-alone", "another version is not taken for v1", sig.replace("v1", "v2"), { reject: "signature_missing" }),
    list("neither-of-two-signatures", "of two signatures neither matches", `${none},${none}`, { reject: "signature_mismatch" }),
  ];
};

const pagerduty = {
  body: '{"event":{"id":"01DPAGERDUTY","event_type":"incident.triggered","data":{"title":"Disk"}}}',
  type: "json.event.event_type", eventId: "json.event.id",
};
const fingerprint = { body: '{"event_id":"1708102555327.NLOjmg","linked_id":"a"}' };
const linear = ({ stamp }) => {
  const time = stamp == null ? "" : `,"webhookTimestamp":${/^\d+$/.test(stamp) ? stamp : JSON.stringify(stamp)}`;
  return `{"action":"create","type":"Issue","data":{"id":"2174add1"}${time}}`;
};

export default {
  ...family({
    id: "sentry", header: "Sentry-Hook-Signature", headers: [["Sentry-Hook-Resource", "issue"], ["Request-ID", "r-1"], ["Sentry-Hook-Timestamp", "1767323045"]],
    type: "header.Sentry-Hook-Resource", eventId: "header.Request-ID",
  }),
  ...family({ id: "pagerduty", header: "X-PagerDuty-Signature", ...versioned, ...pagerduty }, lists("pagerduty", "X-PagerDuty-Signature", pagerduty)),
  ...family({ id: "fingerprint", header: "fpjs-event-signature", ...versioned, ...fingerprint }, lists("fingerprint", "fpjs-event-signature", fingerprint)),
  ...family({
    id: "lago", header: "X-Lago-Signature", ...base64, headers: [["X-Lago-Signature-Algorithm", "hmac"], ["X-Lago-Unique-Key", "k-1"]],
    body: '{"webhook_type":"invoice.created","object_type":"invoice","invoice":{"lago_id":"1"}}', type: "json.webhook_type", eventId: "header.X-Lago-Unique-Key",
  }),
  ...family({ id: "govuk-pay", header: "Pay-Signature", body: '{"webhook_message_id":"123abc","event_type":"card_payment_succeeded","resource":{}}', type: "json.event_type", eventId: "json.webhook_message_id" }),
  ...family({ id: "btcpay", header: "BTCPay-Sig", ...hub, body: '{"deliveryId":"J8x","webhookId":"w","type":"InvoiceSettled"}', type: "json.type", eventId: "json.deliveryId" }),
  ...family({ id: "viber", header: "X-Viber-Content-Signature", body: '{"event":"message","timestamp":1457764197627,"message_token":4912661846655238145}', type: "json.event" }),
  ...family({ id: "stream", header: "X-Signature", headers: [["X-Webhook-Id", "w-1"], ["X-Api-Key", "key"]], body: '{"type":"message.new","cid":"messaging:fun"}', type: "json.type", eventId: "header.X-Webhook-Id" }),
  ...family({ id: "helpscout", header: "X-HelpScout-Signature", algorithm: "sha1", ...base64, headers: [["X-HelpScout-Event", "convo.created"]], type: "header.X-HelpScout-Event" }),
  ...family({
    id: "shopify-events", header: "shopify-hmac-sha256", ...base64, headers: [["shopify-topic", "Product"], ["shopify-event-id", "e-1"], ["shopify-shop-domain", "s.myshopify.com"]],
    type: "header.shopify-topic", eventId: "header.shopify-event-id",
  }),
  ...family({
    id: "linear", header: "Linear-Signature", headers: [["Linear-Delivery", "d-1"], ["Linear-Event", "Issue"]], body: linear, stamp: { body: true, unit: "ms", tolerance: 60 },
    type: "json.type", eventId: "header.Linear-Delivery",
  }),
  ...family({ id: "quickbooks", header: "intuit-signature", ...base64, body: '{"eventNotifications":[{"realmId":"1185883450","dataChangeEvent":{"entities":[]}}]}' }),
  ...family({ id: "checkr", header: "X-Checkr-Signature", body: '{"id":"5","object":"event","type":"report.completed"}', type: "json.type", eventId: "json.id" }),
  ...family({ id: "sendbird", header: "x-sendbird-signature", body: '{"category":"group_channel:message_send","app_id":"A"}', type: "json.category" }),
  ...family({ id: "aftership-returns", header: "as-signature-hmac-sha256", ...base64, body: '{"event":"returns.created"}' }),
  ...family({ id: "lemon-squeezy", header: "X-Signature", headers: [["X-Event-Name", "order_created"]], body: '{"meta":{"event_name":"order_created"},"data":{}}', type: "json.meta.event_name" }),
  ...family({ id: "clickup", header: "X-Signature", body: '{"webhook_id":"7689a169","event":"taskCreated","task_id":"c0j"}', type: "json.event" }),
  ...family({ id: "dub", header: "Dub-Signature", body: '{"id":"evt_1","event":"link.clicked","data":{}}', type: "json.event", eventId: "json.id" }),
  ...family({ id: "dynamic-xyz", header: "x-dynamic-signature-256", ...hub, body: '{"eventName":"user.created","data":{}}', type: "json.eventName" }),
  ...family({ id: "logto", header: "logto-signature-sha-256", body: '{"hookId":"h","event":"PostRegister"}', type: "json.event" }),
  ...family({ id: "signable", header: "Signature", ...base64, headers: [["X-Signable-Webhook", "1767323045"]], body: '{"envelope_fingerprint":"f","action":"sent"}' }),
  ...family({ id: "clickpay", header: "Signature", body: '{"tran_ref":"TST2211100000001","payment_result":{"response_status":"A"}}' }),
  ...family({
    id: "adyen-platform", header: "HmacSignature", ...base64, body: '{"type":"balancePlatform.accountHolder.created","environment":"test","data":{}}', type: "json.type",
    secrets: ["44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056", "00".repeat(31) + "01", "00".repeat(31) + "02"], key: (secret) => Buffer.from(secret, "hex"),
  }),
  ...family({
    id: "easypost", header: "X-Hmac-Signature", prefix: "hmac-sha256-hex=", body: '{"id":"evt_1","object":"Event","description":"tracker.updated","result":{"weight":12.0}}',
    type: "json.description", eventId: "json.id", secrets: ["sécret", "ﬁrst of the two", "nobody's"], key: (secret) => Buffer.from(secret.normalize("NFKD")),
  }),
};
