import OpenAI from "openai";
import { refuses } from "../lib/refuses.mjs";

const client = new OpenAI({ apiKey: "unused" });

export const verify = ({ secret, headers, text }) =>
  refuses(OpenAI.InvalidWebhookSignatureError, () => client.webhooks.verifySignature(text, headers, secret));
