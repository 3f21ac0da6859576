import { createHash } from "node:crypto";

// seeded are n bytes that stay the same for the same text.
export const seeded = (text, n = 32) => {
  const blocks = Array.from({ length: Math.ceil(n / 32) }, (_, i) => createHash("sha256").update(`${text}/${i}`).digest());
  return Buffer.concat(blocks).subarray(0, n);
};
