import { EventWebhook, EventWebhookHeader } from "@sendgrid/eventwebhook";
import { refuses } from "../lib/refuses.mjs";

const library = new EventWebhook();
const sent = (headers, name) => headers[name.toLowerCase()];

// A signature that it cannot read makes it throw.
export async function verify({ secret, headers, bytes }) {
  const key = library.convertPublicKeyToECDSA(secret);
  let held;
  const { valid } = await refuses(() => true, () => {
    held = library.verifySignature(key, bytes, sent(headers, EventWebhookHeader.SIGNATURE()), sent(headers, EventWebhookHeader.TIMESTAMP()));
  });
  return { valid: valid && held };
}
