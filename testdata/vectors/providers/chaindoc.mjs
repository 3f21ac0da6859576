// Chaindoc: X-Webhook-Signature is hex HMAC-SHA256 of JSON.stringify of the
// parsed body; a sender that signs the bytes it sends is accepted too.
import { chaindocAccepted } from "./chaindoc-accepted.mjs";
import { chaindocRefused } from "./chaindoc-refused.mjs";
import { chaindocStringified } from "./chaindoc-stringified.mjs";

export const chaindoc = [...chaindocAccepted, ...chaindocStringified, ...chaindocRefused];
