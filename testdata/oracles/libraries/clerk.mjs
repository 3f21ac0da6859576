import { verifyWebhook } from "@clerk/backend/webhooks";
import { refuses } from "../lib/refuses.mjs";

// The library throws plain errors; those of a signature begin like this.
const refusal = ({ message }) => message.includes("Unable to verify incoming webhook: No matching signature found");

export const verify = ({ secret, headers, url, bytes }) =>
  refuses(refusal, () => verifyWebhook(new Request(url, { method: "POST", headers, body: bytes }), { signingSecret: secret }));
