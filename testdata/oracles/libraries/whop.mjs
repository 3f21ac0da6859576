import Whop from "@whop/sdk";
import { named, refuses } from "../lib/refuses.mjs";

const client = new Whop({ apiKey: "unused" });

export const verify = ({ secret, headers, text }) =>
  refuses(named("WebhookVerificationError"), () => client.webhooks.unwrap(text, { headers, key: secret }));
