// Digests and bodies, straight from node:crypto.
import { createHash, createHmac } from "node:crypto";

// bytes turns text into UTF-8 and leaves buffers as they are.
export const bytes = (value) => (typeof value === "string" ? Buffer.from(value, "utf8") : value);

export const hmac = (algorithm, key, message) =>
  createHmac(algorithm, bytes(key)).update(bytes(message)).digest();

export const plain = (algorithm, message) => createHash(algorithm).update(bytes(message)).digest();

// flip returns the body with the lowest bit of the byte at index changed.
export function flip(body, index) {
  const changed = Buffer.from(bytes(body));
  changed[index] ^= 1;
  return changed.toString("utf8");
}

// seek returns the first value of make(0), make(1), … that holds: a vector that
// needs a digest of a certain look stays deterministic that way.
export function seek(make, holds) {
  for (let n = 0; n < 100_000; n++) {
    const value = make(n);
    if (holds(value)) return value;
  }
  throw new Error("no value holds");
}
