import { SignatureVerificationException, WorkOS } from "@workos-inc/node";
import { refuses } from "../lib/refuses.mjs";

const { webhooks } = new WorkOS("key");

// The library takes the parsed body. One that a change has spoilt stays the text it is.
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export const verify = ({ secret, headers, text }) => refuses(SignatureVerificationException,
  () => webhooks.verifyHeader({ payload: parsed(text), sigHeader: headers["workos-signature"], secret }));

export async function sign({ secret, text, time }) {
  const timestamp = time * 1000;
  const signature = await webhooks.computeSignature(timestamp, parsed(text), secret);
  return { headers: { "workos-signature": `t=${timestamp}, v1=${signature}` } };
}
