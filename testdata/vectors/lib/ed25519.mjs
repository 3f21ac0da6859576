// Ed25519 keys and signatures, straight from node:crypto.
import { createPrivateKey, createPublicKey, sign as signWith } from "node:crypto";
import { bytes } from "./digest.mjs";

// keyPair makes a pair from a seed of 32 bytes, so that the vectors stay the same.
export function keyPair(seed) {
  const pkcs8 = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  const key = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  const raw = spki.subarray(spki.length - 32);
  const pem = (type, der) => `-----BEGIN ${type}-----\n${der.toString("base64")}\n-----END ${type}-----`;
  return {
    key, raw, hex: raw.toString("hex"), base64: raw.toString("base64"),
    publicPEM: pem("PUBLIC KEY", spki), privatePEM: pem("PRIVATE KEY", pkcs8),
  };
}

export const sign = (pair, message) => signWith(null, bytes(message), pair.key);

// order is that of the group: S and S + order are the same to a verifier that
// does not bound S.
const order = 2n ** 252n + 27742317777372353535851937790883648493n;

// malleated is another text for the same signature.
export function malleated(signature) {
  let s = order;
  for (let i = 0; i < 32; i++) s += BigInt(signature[32 + i]) << BigInt(8 * i);
  const changed = Buffer.from(signature);
  for (let i = 0; i < 32; i++) changed[32 + i] = Number((s >> BigInt(8 * i)) & 0xffn);
  return changed;
}
