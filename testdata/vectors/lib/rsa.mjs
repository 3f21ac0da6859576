// RSA signatures that stay the same from run to run.
import { constants, createHash, createPrivateKey, createPublicKey, privateEncrypt, sign as signWith, verify } from "node:crypto";
import { bytes } from "./digest.mjs";
import { privateKeys } from "./rsakeys.mjs";
import { seeded } from "./seeded.mjs";

// keyPair is the pair of a number from 0 to 2.
export function keyPair(n) {
  const privatePEM = privateKeys[n];
  const key = createPrivateKey(privatePEM);
  const publicKey = createPublicKey(key);
  return {
    key, publicKey, privatePEM, jwk: publicKey.export({ format: "jwk" }),
    publicPEM: publicKey.export({ format: "pem", type: "spki" }).trim(), spki: publicKey.export({ format: "der", type: "spki" }),
  };
}

// sign returns a signature of PKCS #1 v1.5, or of PSS with a salt as long as the
// digest (RFC 8017, sections 8.2 and 8.1).
export function sign(pair, hash, message, padding = "pkcs1") {
  if (padding === "pkcs1") return signWith(hash, bytes(message), pair.key);
  const signature = privateEncrypt({ key: pair.key, padding: constants.RSA_NO_PADDING }, encodePSS(hash, bytes(message), 256));
  const options = { key: pair.publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  if (!verify(hash, bytes(message), options, signature)) throw new Error("the signature does not hold");
  return signature;
}

// encodePSS is EMSA-PSS (RFC 8017, section 9.1.1) for a modulus of whole bytes. The
// salt is made from the message, so that it stays the same.
function encodePSS(hash, message, size) {
  const digest = (...parts) => createHash(hash).update(Buffer.concat(parts)).digest();
  const hashed = digest(message);
  const salt = seeded(`salt ${hashed.toString("hex")}`, hashed.length);
  const h = digest(Buffer.alloc(8), hashed, salt);
  const db = Buffer.concat([Buffer.alloc(size - salt.length - h.length - 2), Buffer.from([1]), salt]);
  const blocks = Array.from({ length: Math.ceil(db.length / h.length) }, (_, i) => digest(h, Buffer.from([0, 0, 0, i])));
  const mask = Buffer.concat(blocks);
  for (let i = 0; i < db.length; i++) db[i] ^= mask[i];
  db[0] &= 0x7f;
  return Buffer.concat([db, h, Buffer.from([0xbc])]);
}
