import DodoPayments from "dodopayments";
import { named, refuses } from "../lib/refuses.mjs";

const client = new DodoPayments({ bearerToken: "unused" });

export const verify = ({ secret, headers, text }) =>
  refuses(named("WebhookVerificationError"), () => client.webhooks.unwrap(text, { headers, key: secret }));
