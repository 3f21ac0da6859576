// How a kind of scheme turns a secret and a message into the bytes that are sent.
//
// A signer has three keys, { secret, sign(message) }: the source's, its other one,
// and one that is nobody's. foreign lists what other algorithms make of a message:
// { name, about, sign(message, algorithm), reject }.
import { bytes, hmac, plain } from "./digest.mjs";
import * as ecdsa from "./ecdsa.mjs";
import * as ed25519 from "./ed25519.mjs";
import * as rsa from "./rsa.mjs";
import { seeded } from "./seeded.mjs";

// whsec is a secret as Standard Webhooks writes it.
export const whsec = (text) => "whsec_" + seeded(text).toString("base64");

const others = { md5: "sha1", sha1: "sha256", sha256: "sha1", sha384: "sha512", sha512: "sha256" };

const texts = (d) => d.secrets ?? ["", " (the previous)", " (of nobody)"].map((more) => `${d.id} secret é${more}`);

function keyed(d, sign) {
  const [first, second, third = seeded(d.id).toString("hex")] = texts(d);
  return [first, second, third].map((secret) => ({ secret, sign: (message) => sign(secret, message) }));
}

function hmacSigner(d) {
  const key = d.key ?? ((secret) => bytes(secret));
  const algorithm = d.algorithm ?? "sha256";
  const keys = keyed(d, (secret, message) => hmac(algorithm, key(secret), message));
  const { secret } = keys[0];
  const other = others[algorithm];
  const foreign = [
    { name: `hmac-${other}`, about: `the algorithm is pinned: an HMAC-${other.toUpperCase()} is refused`, reject: "signature_malformed", sign: (message) => hmac(other, key(secret), message) },
    { name: "digest-without-key", about: "a plain digest of the message, in which no secret takes part, proves nothing", reject: "signature_mismatch", sign: (message) => plain(algorithm, message) },
  ];
  if (!bytes(secret).equals(bytes(key(secret)))) {
    foreign.push({ name: "key-as-text", about: "the key is what is made of the secret, not its text", reject: "signature_mismatch", sign: (message) => hmac(algorithm, secret, message) });
  }
  return { keys, foreign };
}

function digestSigner(d) {
  const algorithm = d.algorithm ?? "sha256";
  const other = others[algorithm];
  const keys = keyed(d, (_, message) => plain(algorithm, message));
  return { keys, foreign: [
    { name: `digest-${other}`, about: `the algorithm is pinned: a ${other.toUpperCase()} is refused`, reject: "signature_malformed", sign: (message) => plain(other, message) },
    { name: "hmac-of-the-message", about: "an HMAC is not the digest", reject: "signature_mismatch", sign: (message) => hmac(algorithm, keys[0].secret, message) },
  ] };
}

// underPublicKey is what a receiver accepts that takes a public key for a shared
// secret.
const underPublicKey = (keys, hash, reject) => ({
  name: "hmac-under-the-public-key", about: "an HMAC under the public key, which everybody knows, proves nothing", reject, sign: (message) => hmac(hash, keys[0].secret, message),
});

// paired makes the three keys of a scheme with a public one.
const paired = (d, make, sign, text) => ["first", "second", "third"].map((name, i) => {
  const pair = make(`${d.id} ${name}`, i);
  return { pair, secret: (d.secretOf ?? text)(pair), sign: (message, hash) => sign(pair, message, hash) };
});

function ed25519Signer(d) {
  const keys = paired(d, (text) => ed25519.keyPair(seeded(text)), ed25519.sign, (pair) => pair.hex);
  return { keys, foreign: [underPublicKey(keys, "sha512", "signature_mismatch")] };
}

const otherHash = (keys, hash) => ({
  name: `signed-over-${others[hash]}`, about: `the algorithm is pinned: a signature over a ${others[hash].toUpperCase()} is refused`, reject: "signature_mismatch",
  sign: (message) => keys[0].sign(message, others[hash]),
});

function ecdsaSigner(d) {
  const { algorithm = "sha256", curve = "P-256", form = "der" } = d;
  const keys = paired(d, (text) => ecdsa.keyPair(curve, text), (pair, message, hash = algorithm) => ecdsa.sign(pair, hash, message, form), (pair) => pair.publicPEM);
  return { keys, foreign: [otherHash(keys, algorithm), underPublicKey(keys, algorithm, "signature_malformed")] };
}

function rsaSigner(d) {
  const { algorithm = "sha256", padding = "pkcs1" } = d;
  const keys = paired(d, (_, i) => rsa.keyPair(i), (pair, message, hash = algorithm) => rsa.sign(pair, hash, message, padding), (pair) => pair.publicPEM);
  return { keys, foreign: [otherHash(keys, algorithm), underPublicKey(keys, algorithm, "signature_malformed")] };
}

function tokenSigner(d) {
  const plainTexts = d.secrets ?? ["first", "second", "third"].map((name) => seeded(`${d.id} ${name}`, 12).toString("hex"));
  return { keys: plainTexts.map((secret) => ({ secret, sign: () => bytes(secret) })), foreign: [] };
}

const kinds = { hmac: hmacSigner, digest: digestSigner, ed25519: ed25519Signer, ecdsa: ecdsaSigner, rsa: rsaSigner, token: tokenSigner };

export function signer(d) {
  if (d.signer) return d.signer(d);
  const make = kinds[d.kind ?? "hmac"];
  if (!make) throw new Error(`${d.id}: unknown kind ${d.kind}; kinds are ${Object.keys(kinds).join(", ")}`);
  return make(d);
}
