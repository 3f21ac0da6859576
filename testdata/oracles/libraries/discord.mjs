import { verifyKey } from "discord-interactions";

export const verify = async ({ secret, headers, bytes }) => ({
  valid: await verifyKey(bytes, headers["x-signature-ed25519"], headers["x-signature-timestamp"], secret),
});
