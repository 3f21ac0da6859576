// ECDSA keys and signatures that stay the same from run to run, which node:crypto
// does not give: its nonce is random. The point k·G comes from its ECDH.
import { createECDH, createHash, createPrivateKey, createPublicKey, verify } from "node:crypto";
import { bytes } from "./digest.mjs";
import { seeded } from "./seeded.mjs";

// The orders of the groups: SEC 2, version 2, sections 2.4.1, 2.4.2, 2.5.1, 2.6.1.
const curves = {
  "P-256": { ecdh: "prime256v1", order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n },
  "P-384": { ecdh: "secp384r1", order: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n },
  "P-521": { ecdh: "secp521r1", order: 0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n },
  secp256k1: { ecdh: "secp256k1", order: 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n },
};

const number = (buffer) => BigInt("0x" + (buffer.toString("hex") || "0"));
const fixed = (value, size) => Buffer.from(value.toString(16).padStart(2 * size, "0"), "hex");
// scalar is a number from 1 to order - 1.
const scalar = (text, order, size) => (number(seeded(text, size + 16)) % (order - 1n)) + 1n;

function inverse(value, order) {
  let [a, b, x, y] = [value % order, order, 1n, 0n];
  while (a > 1n) {
    const q = b / a;
    [a, b, x, y] = [b - q * a, a, y - q * x, x];
  }
  return ((x % order) + order) % order;
}

function point({ ecdh, order }, private_) {
  const exchange = createECDH(ecdh);
  const size = Math.ceil(order.toString(2).length / 8);
  exchange.setPrivateKey(fixed(private_, size));
  const both = exchange.getPublicKey().subarray(1);
  return { size, x: both.subarray(0, both.length / 2), y: both.subarray(both.length / 2) };
}

// keyPair makes a pair of a curve from a text.
export function keyPair(curve, text) {
  const { order } = curves[curve];
  const size = Math.ceil(order.toString(2).length / 8);
  const secret = scalar(`${curve} ${text}`, order, size);
  const { x, y } = point(curves[curve], secret);
  const url = (b) => b.toString("base64url");
  const jwk = { kty: "EC", crv: curve, x: url(x), y: url(y), d: url(fixed(secret, size)) };
  const key = createPrivateKey({ key: jwk, format: "jwk" });
  const publicKey = createPublicKey(key);
  return {
    curve, secret, key, publicKey, jwk,
    publicPEM: publicKey.export({ format: "pem", type: "spki" }).trim(), privatePEM: key.export({ format: "pem", type: "pkcs8" }).trim(),
    spki: publicKey.export({ format: "der", type: "spki" }), raw: Buffer.concat([Buffer.from([4]), x, y]),
  };
}

// sign returns a signature, as r and s of equal length ("p1363") or in ASN.1 ("der").
export function sign(pair, hash, message, form = "der") {
  const { order } = curves[pair.curve];
  const digest = createHash(hash).update(bytes(message)).digest();
  const bits = order.toString(2).length;
  const excess = BigInt(Math.max(0, digest.length * 8 - bits));
  const k = scalar(`${pair.secret} ${hash} ${digest.toString("hex")}`, order, Math.ceil(bits / 8));
  const { x, size } = point(curves[pair.curve], k);
  const r = number(x) % order;
  const s = (inverse(k, order) * ((number(digest) >> excess) + r * pair.secret)) % order;
  const flat = Buffer.concat([fixed(r, size), fixed(s, size)]);
  if (!verify(hash, bytes(message), { key: pair.publicKey, dsaEncoding: "ieee-p1363" }, flat)) throw new Error("the signature does not hold");
  return form === "der" ? der(r, s) : flat;
}

function der(...numbers) {
  const tagged = (tag, content) => Buffer.concat([Buffer.from(content.length < 128 ? [tag, content.length] : [tag, 0x81, content.length]), content]);
  const integer = (value) => {
    const hex = value.toString(16);
    const whole = Buffer.from(hex.length % 2 ? "0" + hex : hex, "hex");
    return tagged(2, whole[0] & 0x80 ? Buffer.concat([Buffer.from([0]), whole]) : whole);
  };
  return tagged(0x30, Buffer.concat(numbers.map(integer)));
}
