import { isValidWebhookSignature } from "@fingerprint/node-sdk";

export const verify = ({ secret, headers, bytes }) => ({ valid: isValidWebhookSignature({ header: headers["fpjs-event-signature"], data: bytes, secret }) });
