// HMACs of the raw body for which somebody published a secret and a signature.
import { family } from "../lib/family.mjs";

const json = ["Content-Type", "application/json"];

// pair is a published one.
const pair = (source, header, value, body, secret, accept = {}, name = "published", more = []) => ({
  name, about: `the pair of ${source}`, source: `published: ${source}`, headers: [json, ...more, [header, value]], body, secrets: [secret],
  accept: { covers: ["body"], ...accept },
});

const charge = '{"id":1,"scheduled_for":"2017-01-31T20:50:02Z","attempt_number":1,"event":{"id":"24934862-d980-46cb-9402-43c81b0cdba6","type":"charge:created","api_version":"2018-03-22","created_at":"2017-01-31T20:49:02Z","data":{"code":"66BEOV2A","name":"The Sovereign Individual","description":"Mastering the Transition to the Information Age","hosted_url":"https://commerce.coinbase.com/charges/66BEOV2A","created_at":"2017-01-31T20:49:02Z","expires_at":"2017-01-31T21:04:02Z","timeline":[{"time":"2017-01-31T20:49:02Z","status":"NEW"}],"metadata":{},"pricing_type":"no_price","payments":[],"addresses":{"bitcoin":"0000000000000000000000000000000000","ethereum":"0x0000000000000000000000000000000000000000","litecoin":"3000000000000000000000000000000000","bitcoincash":"bitcoincash:000000000000000000000000000000000000000000"}}}}';
const mandates = '{"events":[{"id":"EV00BD05S5VM2T","created_at":"2018-07-05T09:13:51.404Z","resource_type":"subscriptions","action":"created","links":{"subscription":"SB0003JJQ2MR06"},"details":{"origin":"api","cause":"subscription_created","description":"Subscription created via the API."},"metadata":{}},{"id":"EV00BD05TB8K63","created_at":"2018-07-05T09:13:56.893Z","resource_type":"mandates","action":"created","links":{"mandate":"MD000AMA19XGEC"},"details":{"origin":"api","cause":"mandate_created","description":"Mandate created via the API."},"metadata":{}}]}';
const check = '{"payload":{"resource_type":"check","action":"check.completed","object":{"id":"check-123","status":"complete","completed_at_iso8601":"2020-01-01T00:00:00Z","href":"https://api.onfido.com/v3/checks/check-123"}}}';

const cronofy = "aPPwd-ASDFAsdfasdfasdfsadfasdfASDFSADF_asdfasdfasdf";
const cronofySource = "github.com/cronofy/cronofy-node, test/index.spec.js";
const known = '{"example":"well-known"}';

export default {
  ...family({
    id: "razorpay", header: "X-Razorpay-Signature", headers: [["X-Razorpay-Event-Id", "e-1"]], body: '{"entity":"event","event":"payment.authorized"}',
    type: "json.event", eventId: "header.X-Razorpay-Event-Id",
  }, [
    pair("github.com/razorpay/razorpay-node, test/utils/razorpay-utils.spec.js", "X-Razorpay-Signature", "2fe04e22977002e6c7cb553adab8b460cb9e2a4970d5953cb27a8472752e3bbc",
      '{"a":1,"b":2,"c":{"d":3}}', "123456", { covers: ["body", "type"] }),
  ]),
  ...family({ id: "gocardless", header: "Webhook-Signature", body: '{"events":[{"id":"EV1","resource_type":"payments","action":"confirmed"}]}' }, [
    pair("github.com/gocardless/gocardless-nodejs, src/webhooks.test.ts", "Webhook-Signature", "2693754819d3e32d7e8fcb13c729631f316c6de8dc1cf634d6527f1c07276e7e",
      mandates, "ED7D658C-D8EB-4941-948B-3973214F2D49"),
  ]),
  ...family({
    id: "coinbase-commerce", header: "X-CC-Webhook-Signature", body: '{"id":1,"attempt_number":1,"event":{"id":"e-1","type":"charge:created"}}', type: "json.event.type", eventId: "json.event.id",
  }, [
    pair("github.com/coinbase/coinbase-commerce-node, test/testWebhook.spec.js", "X-CC-Webhook-Signature", "8be7742c7d372f08a6a3224edadf18a22b65fa9e28f3f2de97376cdaa092590d",
      charge, "30291a20-0bd1-4267-9b0f-e6e7b123c0bf", { type: "charge:created", id: "24934862-d980-46cb-9402-43c81b0cdba6", covers: ["body", "id", "type"] }),
  ]),
  ...family({ id: "onfido", header: "X-SHA2-Signature", body: '{"payload":{"resource_type":"check","action":"check.completed","object":{"id":"c-1"}}}', type: "json.payload.action" }, [
    pair("github.com/onfido/onfido-node, test/classic-webhook-event-verifier.test.ts", "X-SHA2-Signature", "a0082d7481f9f0a2907583dbe1f344d6d4c0d9989df2fd804f98479f60cd760e",
      check, "_ABC123abc123ABC123abc123ABC123_", { type: "check.completed", covers: ["body", "type"] }),
  ]),
  ...family({
    id: "lightspark", header: "lightspark-signature", body: '{"event_type":"PAYMENT_FINISHED","event_id":"e-1","entity_id":"OutgoingPayment:1"}', type: "json.event_type", eventId: "json.event_id",
  }, [
    pair("github.com/lightsparkdev/go-sdk, webhooks", "lightspark-signature", "62a8829aeb48b4142533520b1f7f86cdb1ee7d718bf3ea15bc1c662d4c453b74",
      '{"event_type": "NODE_STATUS", "event_id": "1615c8be5aa44e429eba700db2ed8ca5", "timestamp": "2023-05-17T23:56:47.874449+00:00", "entity_id": "lightning_node:01882c25-157a-f96b-0000-362d42b64397"}',
      "3gZ5oQQUASYmqQNuEk0KambNMVkOADDItIJjzUlAWjX", { type: "NODE_STATUS", id: "1615c8be5aa44e429eba700db2ed8ca5", covers: ["body", "id", "type"] }),
  ]),
  ...family({ id: "line", header: "x-line-signature", encoding: "base64", body: '{"destination":"U1","events":[]}' }, [
    pair("github.com/line/line-bot-sdk-nodejs, test/validate-signature.spec.ts", "x-line-signature", "t7Hn4ZDHqs6e+wdvI5TyQIvzie0DmMUmuXEBqyyE/tM=", '{"hello":"world"}', "test_secret"),
  ]),
  ...family({
    id: "pusher", header: "X-Pusher-Signature", headers: [["X-Pusher-Key", "key"]], body: '{"time_ms":1767323045000,"events":[{"name":"channel_occupied","channel":"a"}]}',
  }, [
    pair("github.com/pusher/pusher-http-go, webhook_test.go", "X-Pusher-Signature", "2677ad3e7c090b2fa2c0fb13020d66d5420879b8316eb356a2d60fb9073bc778",
      '{"hello":"world"}', "secret", {}, "published", [["X-Pusher-Key", "key"]]),
  ]),
  ...family({
    id: "cronofy", header: "Cronofy-HMAC-SHA256", encoding: "base64", body: '{"notification":{"type":"change","changes_since":"2026-01-02T03:04:05Z"},"channel":{"channel_id":"chn_1"}}',
    type: "json.notification.type",
  }, [
    pair(cronofySource, "Cronofy-HMAC-SHA256", "0g6bhIumRlRffctPXuASSl3u6AXOxnYRw+hiTp7IvTg=", known, cronofy, { covers: ["body", "type"] }),
    {
      name: "second-of-two-signatures", about: "what cannot be read in a list is no obstacle to the right signature beside it", body: known, secrets: [cronofy],
      headers: [json, ["Cronofy-HMAC-SHA256", "something-else,0g6bhIumRlRffctPXuASSl3u6AXOxnYRw+hiTp7IvTg="]], accept: { covers: ["body", "type"] },
    },
    { ...pair(cronofySource, "Cronofy-HMAC-SHA256", "something-else,38ArsN7+J/O8joGsgirVEdV16a/+eb+5QgHGIiuv4hk=", known, cronofy, {}, "published-neither-of-two"), accept: undefined, reject: "signature_mismatch" },
  ]),
  ...family({ id: "datasaur", header: "X-Datasaur-Signature" }, [
    pair("docs.datasaur.ai, webhook signature", "X-Datasaur-Signature", "0278b1a603de4c561ac0feb960354d0d00e8846b74813d81bddb43ad45bff767", '{"body":"sample"}', "secret"),
  ]),
  ...family({ id: "coinify", header: "x-coinify-webhook-signature" }, [
    pair("coinify.readme.io, webhook signature", "x-coinify-webhook-signature", "bcdbb89e3031905f3cc1a20d16b5f969a17a7d8fa0c26e4a807c2193402d66f4", '{"examplePayload":true}', "my-shared-secret"),
  ]),
};
