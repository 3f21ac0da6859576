// A receiver by Qualifio's article, which has no sample: it hashes the body with the
// secret, by HMAC SHA-256, and compares the outcome with what follows "sha256=". The
// secret is in SECRET, the port is the first argument.
import { createHmac, timingSafeEqual } from "node:crypto";
import { serve } from "../serve.mjs";

serve(({ headers, body, secret }) => {
  const made = Buffer.from("sha256=" + createHmac("sha256", secret).update(body).digest("hex"));
  const sent = Buffer.from(headers["x-qualifio-signature"] ?? "");
  return sent.length === made.length && timingSafeEqual(sent, made);
});
