// The packs whose secret comes with the request, as a token or as a credential of
// Basic.
import { family } from "../lib/family.mjs";

const token = (d, more) => family({ kind: "token", encoding: "raw", ...d }, more);
const basic = (d, more) => family({
  kind: "token", encoding: "base64", header: "Authorization", prefix: "Basic ",
  secrets: ["hooks:pass word é", "hooks:the previous one", "hooks:nobody's"], ...d,
}, more);

// chosen are the packs whose header the account's owner chooses.
const chosen = (d, more = []) => token({ header: "Authorization", ...d }, [
  { name: "another-header", about: "the header is the account's to choose", headers: [["Content-Type", "application/json"], ["X-Hook-Token", "0123456789abcdef"]], body: "[]",
    secrets: ["0123456789abcdef"], settings: { header: "X-Hook-Token" }, accept: { covers: [] } },
  { name: "other-than-the-header", about: "the token in another header than the chosen one is not looked for", headers: [["Content-Type", "application/json"], ["Authorization", "0123456789abcdef"]], body: "[]",
    secrets: ["0123456789abcdef"], settings: { header: "X-Hook-Token" }, reject: "signature_missing" },
  ...more,
]);

const unsigned = (name, about, request, reply) => ({ name, about, headers: [], body: "", secrets: ["a secret of the source"], ...request, challenge: { secret: null, reply } });

// graph is what Microsoft Graph sends: every notification of a list carries the token.
const graph = (...states) => JSON.stringify({ value: states.map((clientState, i) => ({ subscriptionId: `s${i}`, clientState, changeType: "created", resource: "users/1/messages/2" })) });
const notified = (name, about, body, outcome) => ({ name, about, headers: [["Content-Type", "application/json"]], body, secrets: ["secretClientValue"], ...outcome });

export default {
  ...token({ id: "telegram", header: "X-Telegram-Bot-Api-Secret-Token", body: `{"update_id":10000,"message":{"message_id":1365,"text":"/start"}}`, eventId: "json.update_id" }),
  ...token({ id: "deepgram", header: "dg-token" }),
  ...basic({ id: "mixpanel" }),
  ...basic({ id: "chargebee", body: `{"id":"ev_16BHnhRcgw","occurred_at":1767323045,"event_type":"subscription_created","content":{}}`, type: "json.event_type", eventId: "json.id" }),
  ...basic({ id: "postmark", body: `{"RecordType":"Delivery","MessageID":"883953f4-6105-42a2-a16a-77a8eac79483"}`, type: "json.RecordType" }),
  ...basic({ id: "sparkpost", headers: [["X-MessageSystems-Batch-ID", "3cd0dc5f"]], body: `[{"msys":{"message_event":{"type":"delivery"}}}]`, eventId: "header.X-MessageSystems-Batch-ID" }),
  ...chosen({ id: "okta", body: `{"eventType":"com.okta.event_hook","eventId":"b5a188b9-5ece-4636","data":{}}`, eventId: "json.eventId" }, [
    unsigned("endpoint-check", "a new endpoint gives a value back", { method: "GET", headers: [["X-Okta-Verification-Challenge", "Su9yHmJn2tXqKv"]] }, { status: 200, type: "application/json", body: `{"verification":"Su9yHmJn2tXqKv"}` }),
  ]),
  ...chosen({ id: "new-relic" }),
  ...chosen({ id: "zapier" }),
  ...chosen({ id: "bigcommerce", body: `{"scope":"store/order/created","store_id":"1001","data":{"type":"order","id":250},"hash":"dd70c0976e06b67aaf671e73f49dcb79230ebf9d","created_at":1767323045}`, type: "json.scope" }),
  ...chosen({ id: "datadog" }),
  ...token({ id: "brevo", header: "Authorization", prefix: "Bearer ", body: `{"event":"delivered","email":"ada@example.com","id":26224}`, type: "json.event" }),
  ...token({
    id: "cloudevents-webhook", header: "Authorization", prefix: "Bearer ", headers: [["ce-specversion", "1.0"], ["ce-id", "A234-1234-1234"], ["ce-type", "com.example.someevent"]],
    type: "header.ce-type", eventId: "header.ce-id",
  }, [
    unsigned("permission", "a sender asks whether it may deliver", { method: "OPTIONS", headers: [["WebHook-Request-Origin", "eventemitter.example.com"], ["WebHook-Request-Rate", "120"]] },
      { status: 200, headers: { "WebHook-Allowed-Origin": "eventemitter.example.com", "WebHook-Allowed-Rate": "*" } }),
  ]),
  "microsoft-graph": [
    notified("sample", "a notification as the vendor sends it", graph("secretClientValue"), { accept: { covers: [] } }),
    notified("several", "every notification of a list carries the token", graph("secretClientValue", "secretClientValue"), { accept: { covers: [] } }),
    notified("second-of-two-secrets", "two secrets, and the second one was sent", graph("the other value"), { secrets: ["secretClientValue", "the other value"], accept: { covers: [], secret: 1 } }),
    notified("one-of-several-wrong", "one notification with another token is enough to refuse them all", graph("secretClientValue", "another"), { reject: "signature_mismatch" }),
    notified("one-of-several-without", "one notification without a token is enough to refuse them all", graph("secretClientValue", undefined), { reject: "signature_missing" }),
    notified("wrong-secret", "another token is refused", graph("another"), { reject: "signature_mismatch" }),
    notified("token-cut", "the beginning of the token is not the token", graph("secretClientValu"), { reject: "signature_mismatch" }),
    notified("empty-list", "a list without a notification proves nothing", `{"value":[]}`, { reject: "signature_missing" }),
    notified("empty-token", "an empty token is there and cannot be read", graph(""), { reject: "signature_malformed" }),
    notified("token-number", "a token that is no text cannot be read", graph({ a: 1 }), { reject: "signature_malformed" }),
    notified("token-twice", "two tokens in one notification are refused", `{"value":[{"clientState":"secretClientValue","clientState":"another"}]}`, { reject: "body_ambiguous" }),
    notified("no-secret", "a source without a secret accepts nothing", graph("secretClientValue"), { secrets: [], reject: "no_secret" }),
    notified("not-json", "a body that is not JSON has no token", "value", { reject: "body_malformed" }),
    unsigned("endpoint-check", "a new endpoint gives the value of the query back", { target: "/in/microsoft-graph?validationToken=Validation%3A+Testing+client+application+reachability+for+subscription+Request-Id%3A+1c1f" },
      { status: 200, type: "text/plain; charset=utf-8", body: "Validation: Testing client application reachability for subscription Request-Id: 1c1f" }),
  ],
};
