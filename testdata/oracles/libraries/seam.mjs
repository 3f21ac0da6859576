import { SeamWebhook, SeamWebhookVerificationError } from "@seamapi/webhook";
import { refuses } from "../lib/refuses.mjs";

export const verify = ({ secret, headers, text }) => refuses(SeamWebhookVerificationError, () => new SeamWebhook(secret).verify(text, headers));
