// The libraries with the interface of Standard Webhooks.
import { refuses } from "./refuses.mjs";

export const webhooks = ({ Webhook, WebhookVerificationError }, prefix = "webhook") => ({
  verify: ({ secret, headers, text }) => refuses(WebhookVerificationError, () => new Webhook(secret).verify(text, headers)),
  sign: ({ secret, text, id, time }) => ({
    headers: {
      [`${prefix}-id`]: id, [`${prefix}-timestamp`]: String(time),
      [`${prefix}-signature`]: new Webhook(secret).sign(id, new Date(time * 1000), text),
    },
  }),
});
