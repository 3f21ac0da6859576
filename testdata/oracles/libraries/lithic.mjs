import Lithic from "lithic";
import { named, refuses } from "../lib/refuses.mjs";

const client = new Lithic({ apiKey: "unused" });

export const verify = ({ secret, headers, text }) =>
  refuses(named("WebhookVerificationError"), () => client.webhooks.verifySignature(text, headers, secret));
