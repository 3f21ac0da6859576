import { InvalidWebhookError, verifyAndParseWebhook } from "stream-chat";
import { refuses } from "../lib/refuses.mjs";

export const verify = ({ secret, headers, bytes }) => refuses(InvalidWebhookError, () => verifyAndParseWebhook(bytes, headers["x-signature"], secret));
