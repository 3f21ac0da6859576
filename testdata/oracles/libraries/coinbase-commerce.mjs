import commerce from "coinbase-commerce-node";
import { refuses } from "../lib/refuses.mjs";

const { Webhook } = commerce;

export const verify = ({ secret, headers, text }) => refuses((fault) => fault.constructor.name === "SignatureVerificationError",
  () => Webhook.verifySigHeader(text, headers["x-cc-webhook-signature"], secret));

export const sign = ({ secret, text }) => ({ headers: { "x-cc-webhook-signature": Webhook.computeSignature(text, secret) } });
