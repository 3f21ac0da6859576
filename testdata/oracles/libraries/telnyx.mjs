import Telnyx from "telnyx";
import { TelnyxWebhookVerificationError } from "telnyx/lib/webhooks";
import { refuses } from "../lib/refuses.mjs";

const client = new Telnyx({ apiKey: "unused" });

// The library reads the body once it has verified it.
export const verify = ({ secret, headers, text }) =>
  refuses(TelnyxWebhookVerificationError, () => client.webhooks.unwrap(text, { headers, key: secret }));
