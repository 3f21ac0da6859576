import { InvalidSignatureError, verifySignature } from "gocardless-nodejs/webhooks";
import { refuses } from "../lib/refuses.mjs";

export const verify = ({ secret, headers, bytes }) => refuses((fault) => fault instanceof InvalidSignatureError,
  () => verifySignature(bytes, secret, headers["webhook-signature"]));
