import { Paddle } from "@paddle/paddle-node-sdk";

const client = new Paddle("key");

export const verify = async ({ secret, headers, text }) => ({
  valid: await client.webhooks.isSignatureValid(text, secret, headers["paddle-signature"]),
});
