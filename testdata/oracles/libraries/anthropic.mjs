import Anthropic from "@anthropic-ai/sdk";
import { named, refuses } from "../lib/refuses.mjs";

const client = new Anthropic({ apiKey: "unused" });

export const verify = ({ secret, headers, text }) =>
  refuses(named("WebhookVerificationError"), () => client.beta.webhooks.unwrap(text, { headers, key: secret }));
