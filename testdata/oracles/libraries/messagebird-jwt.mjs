import { createRequire } from "node:module";
import { createSecretKey } from "node:crypto";
import { refuses } from "../lib/refuses.mjs";

const require = createRequire(import.meta.url);
const library = require("messagebird/lib/webhook-signature-jwt");

export const verify = ({ secret, headers, url, bytes }) =>
  refuses((fault) => fault.message.startsWith("invalid signature: "),
    () => library.verify(url, bytes, headers[library.SIGNATURE_HEADER_NAME], createSecretKey(Buffer.from(secret, "utf8"))));
