// A receiver by the Standard Webhooks specification for both of its versions: v1 is an
// HMAC under base64 after whsec_, v1a is Ed25519 under the public key after whpk_.
// SECRET holds the keys, with a space between them: each of them must have signed.
// The port is the first argument.
import { createHmac, createPublicKey, timingSafeEqual, verify } from "node:crypto";
import { serve } from "../serve.mjs";

const tolerance = 5 * 60;

const checks = {
  whsec: (key, message, sent) => {
    const made = createHmac("sha256", Buffer.from(key, "base64")).update(message).digest();
    return sent.some(({ version, bytes }) => version === "v1" && bytes.length === made.length && timingSafeEqual(bytes, made));
  },
  whpk: (key, message, sent) => {
    const jwk = { kty: "OKP", crv: "Ed25519", x: Buffer.from(key, "base64").toString("base64url") };
    const publicKey = createPublicKey({ key: jwk, format: "jwk" });
    return sent.some(({ version, bytes }) => version === "v1a" && verify(null, message, publicKey, bytes));
  },
};

serve(({ headers, body, secret }) => {
  const { "webhook-id": id, "webhook-timestamp": time, "webhook-signature": header } = headers;
  if (!id || !header || !/^\d+$/.test(time ?? "") || Math.abs(Date.now() / 1000 - Number(time)) > tolerance) return false;
  const message = Buffer.concat([Buffer.from(`${id}.${time}.`), body]);
  const sent = header.split(" ").map((item) => {
    const [version, text] = item.split(",");
    return { version, bytes: Buffer.from(text ?? "", "base64") };
  });
  return secret.split(" ").every((key) => {
    const at = key.indexOf("_");
    return checks[key.slice(0, at)](key.slice(at + 1), message, sent);
  });
});
