// A receiver by Chaindoc's page, in the way of its Node.js sample: the body is
// parsed, written anew by JSON.stringify, and that is what the signature is of. The
// type comes from the header, and decides who takes the event. The secret is in
// SECRET, the port is the first argument.
import { createHmac, timingSafeEqual } from "node:crypto";
import { serve } from "../serve.mjs";

const types = new Set([
  "document.created", "document.verified", "document.signed",
  "signature.request.created", "signature.request.completed", "signature.request.rejected",
]);

serve(({ headers, body, secret }) => {
  const payload = JSON.parse(body);
  const made = Buffer.from(createHmac("sha256", secret).update(JSON.stringify(payload)).digest("hex"));
  const sent = Buffer.from(headers["x-webhook-signature"] ?? "");
  const type = headers["x-webhook-event"];
  return sent.length === made.length && timingSafeEqual(sent, made) && types.has(type) && type === payload.event;
});
