import { validateSignature } from "@line/bot-sdk";

export const verify = ({ secret, headers, bytes }) => ({ valid: validateSignature(bytes, secret, headers["x-line-signature"]) });
