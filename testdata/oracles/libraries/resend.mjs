import { Resend } from "resend";
import { named, refuses } from "../lib/refuses.mjs";

const resend = new Resend("re_unused");

export const verify = ({ secret, headers, text }) => refuses(named("WebhookVerificationError"), () => resend.webhooks.verify({
  payload: text, webhookSecret: secret,
  headers: { id: headers["svix-id"], timestamp: headers["svix-timestamp"], signature: headers["svix-signature"] },
}));
