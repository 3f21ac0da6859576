import { createPublicKey } from "node:crypto";
import truelayer from "truelayer-signing";
import { refuses } from "../lib/refuses.mjs";

const part = ({ method, url, headers, text }) => ({
  method, path: new URL(url).pathname, body: text,
  headers: { "x-tl-webhook-timestamp": headers["x-tl-webhook-timestamp"], "Content-Type": headers["content-type"] },
});

export const verify = (question) =>
  refuses(truelayer.SignatureError, () => truelayer.verify({
    ...part(question), signature: question.headers["tl-signature"], publicKeyPem: createPublicKey(question.secret).export({ format: "pem", type: "spki" }),
  }));

export const sign = (question) => ({ headers: { "Tl-Signature": truelayer.sign({ ...part(question), kid: "key-1", privateKeyPem: question.secret }) } });
