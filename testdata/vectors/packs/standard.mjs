// Standard Webhooks under its own header names and under those of Svix: base64
// HMAC-SHA256 over {id}.{time}.{body}, in items of version v1.
import { family } from "../lib/family.mjs";
import { whsec } from "../lib/signers.mjs";

const text = (...parts) => Buffer.concat(parts.map((p) => Buffer.from(p)));
const decoded = (secret) => Buffer.from(secret.replace(/^whsec_/, ""), "base64");

// standard describes a sender under the header names that begin with prefix.
const standard = (id, more = {}, prefix = "webhook") => ({
  id, header: `${prefix}-signature`, prefix: "v1,", encoding: "base64",
  secrets: ["first", "second", "third"].map((name) => whsec(`${id} ${name}`)), key: decoded,
  headers: [[`${prefix}-id`, "msg_2x8KqPzTfW4vLr0dYc6NbEaJ1oG"]], eventId: `header.${prefix}-id`,
  stamp: { header: `${prefix}-timestamp`, unit: "s", tolerance: 300 },
  message: ({ header, stamp, body }) => text(`${header(`${prefix}-id`)}.${stamp}.`, body),
  ...more,
});
const svix = (id, more) => standard(id, more, "svix");
const typed = { type: "json.type" };
// plain is for the senders that take the text of the secret for the key.
const plain = { secrets: undefined, key: undefined };

// published is the pair of Svix's own tests, which its documentation shows too.
const published = (prefix, source) => ({
  name: `published-${prefix}`, about: `the pair that Svix publishes, under the headers that begin with ${prefix}-`, source,
  headers: [[`${prefix}-id`, "msg_p5jXN8AQM9LWM0D4loKWxJek"], [`${prefix}-timestamp`, "1614265330"], [`${prefix}-signature`, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="]],
  body: '{"test": 2432232314}', secrets: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], at: "2021-02-25T15:02:10Z",
  accept: { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", covers: ["body", "id", "type", "time"] },
});
const both = [...published("svix").headers, ...published("webhook").headers];

const openaiEvent = {
  name: "published-event", about: "the event that OpenAI's library tests itself with", source: "published: openai/openai-node, tests/api-resources/webhooks.test.ts",
  headers: [["webhook-id", "wh_685c059ae39c8190af8c71ed1022a24d"], ["webhook-timestamp", "1750861210"], ["webhook-signature", "v1,gUAg4R2hWouRZqRQG4uJypNS8YK885G838+EHb4nKBY="]],
  body: '{"id": "evt_685c059ae3a481909bdc86819b066fb6", "object": "event", "created_at": 1750861210, "type": "response.completed", "data": {"id": "resp_123"}}',
  secrets: ["whsec_RdvaYFYUXuIFuEbvZHwMfYFhUf7aMYjYcmM24+Aj40c="], at: "2025-06-25T14:20:10Z",
  accept: { type: "response.completed", id: "wh_685c059ae39c8190af8c71ed1022a24d", covers: ["body", "id", "type", "time"] },
};

export default {
  ...family(svix("svix", typed), [
    published("svix", "published: svix/svix-webhooks, javascript/src/webhook.test.ts"),
    published("webhook", "published: svix/svix-webhooks, javascript/src/webhook.test.ts"),
    { ...published("svix"), name: "both-sets-of-headers", about: "a request with both signature headers is refused, whatever they hold", headers: both, accept: undefined, reject: "signature_ambiguous" },
    { ...published("svix"), name: "two-ids", about: "a message id under each name lets two readers see two ids", headers: [...published("svix").headers, ["webhook-id", "msg_other"]], accept: undefined, reject: "field_ambiguous" },
  ]),
  ...family(svix("resend", typed)),
  ...family(svix("clerk", typed)),
  ...family(svix("seam")),
  ...family(svix("stytch")),
  ...family(svix("vanta")),

  ...family(standard("lithic", { type: "json.event_type", body: '{"event_type":"card.created","token":"c8b4b9d4-9c3e-4bd7-8b2f-1f3f6d5a0f11"}' })),
  ...family(standard("polar", { ...typed, ...plain })),
  ...family(standard("dodo-payments", typed)),
  ...family(standard("whop", typed)),
  ...family(standard("liveblocks", typed)),
  ...family(standard("openai", typed), [openaiEvent]),
  ...family(standard("anthropic", { type: "json.data.type", body: '{"id":"whevt_1","type":"event","created_at":"2026-01-02T03:04:05Z","data":{"id":"sesn_1","type":"session.status_idled"}}' })),
  ...family(standard("replicate", { body: '{"id":"ufawqhfynnddngldkgtslldrkq","status":"succeeded","output":null}' })),
  ...family(standard("composio", plain)),
  ...family(standard("signatureapi", typed)),
  ...family(standard("render")),
  ...family(standard("increase")),
  ...family(standard("fathom")),
  ...family(standard("folk")),
  ...family(standard("supabase", { secrets: ["first", "second", "third"].map((name) => `v1,${whsec(`supabase ${name}`)}`), key: (secret) => decoded(secret.slice(3)) })),
  ...family(standard("brex")),
  ...family(standard("gemini")),
  ...family(standard("incident-io")),
  ...family(standard("etsy", { type: "json.event_type", body: '{"event_type":"order.paid","resource_url":"https://openapi.etsy.com/v3/application/shops/12345/receipts/54321","shop_id":42}' })),
  ...family(standard("loops")),
  ...family(standard("gitlab-signing", { type: "header.X-Gitlab-Event", headers: [["X-Gitlab-Event", "Push Hook"], ["webhook-id", "f5e5f430-f57b-4e6e-9fac-d9128cd7232f"]] })),
  ...family(standard("standard-webhooks-v1a", { ...typed, kind: "ed25519", prefix: "v1a,", secrets: undefined, secretOf: (pair) => "whpk_" + pair.base64 })),
};
