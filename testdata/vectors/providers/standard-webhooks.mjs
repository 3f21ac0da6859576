// Standard Webhooks: webhook-signature is a list of "v1," and base64
// HMAC-SHA256 over {webhook-id}.{webhook-timestamp}.{body}.
import { standardAccepted } from "./standard-accepted.mjs";
import { standardRefused } from "./standard-refused.mjs";
import { standardTime } from "./standard-time.mjs";

export const standardWebhooks = [...standardAccepted, ...standardTime, ...standardRefused];
