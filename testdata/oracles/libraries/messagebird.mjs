// The legacy signature of MessageBird.
import { createRequire } from "node:module";
import { refuses } from "../lib/refuses.mjs";

// The package exports it as the middleware of one server alone.
const { generate, validate } = createRequire(import.meta.url)("messagebird/lib/signature.js");
const ownRefusal = (fault) => fault.message === "Signatures not match.";
const request = ({ headers, url, bytes }, more) => ({ headers: { ...headers, ...more }, query: Object.fromEntries(new URL(url).searchParams), body: bytes });

export const verify = (question) => refuses(ownRefusal, () => validate(request(question), question.secret));

export function sign(question) {
  const stamp = { "messagebird-request-timestamp": String(question.time) };
  return { headers: { ...stamp, "messagebird-signature": generate(request(question, stamp), question.secret).toString("base64") } };
}
