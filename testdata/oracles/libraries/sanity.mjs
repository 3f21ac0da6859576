import { encodeSignatureHeader, isValidSignature } from "@sanity/webhook";

export const verify = async ({ secret, headers, text }) => ({ valid: await isValidSignature(text, headers["sanity-webhook-signature"], secret) });

export const sign = async ({ secret, text, time }) => ({ headers: { "sanity-webhook-signature": await encodeSignatureHeader(text, time * 1000, secret) } });
