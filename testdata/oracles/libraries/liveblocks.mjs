import { WebhookHandler } from "@liveblocks/node";
import { refuses } from "../lib/refuses.mjs";

// The library throws plain errors; this is that of a signature.
const refusal = ({ message }) => message.startsWith("Invalid signature");

export const verify = ({ secret, headers, text }) => refuses(refusal, () => new WebhookHandler(secret).verifyRequest({ headers, rawBody: text }));
