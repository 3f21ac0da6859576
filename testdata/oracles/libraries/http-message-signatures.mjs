// Nobody's in particular: an implementation of RFC 9421, for the packs that sign by it.
import { createHash, createPrivateKey, createPublicKey } from "node:crypto";
import { createSigner, createVerifier, httpbis, VerificationError } from "http-message-signatures";
import { named, refuses } from "../lib/refuses.mjs";

const algorithm = "ed25519";
const contentDigest = (bytes) => `sha-256=:${createHash("sha256").update(bytes).digest("base64")}:`;

export async function verify({ secret, method, url, headers, bytes }) {
  if (headers["content-digest"] !== contentDigest(bytes)) return { valid: false };
  const keyLookup = async ({ keyid }) => ({ id: keyid, algs: [algorithm], verify: createVerifier(createPublicKey(secret), algorithm) });
  let valid = false;
  // Fields that cannot be parsed are refused by an error of the parser's own.
  const parsed = await refuses(named("ParseError"), async () => {
    const { valid: read } = await refuses(VerificationError, async () => {
      valid = await httpbis.verifyMessage({ keyLookup, requiredFields: ["content-digest"], tolerance: 300 }, { method, url, headers });
    });
    valid = read && valid === true;
  });
  return { valid: parsed.valid && valid };
}

export async function sign({ secret, method, url, headers, bytes, time }) {
  const key = createSigner(createPrivateKey(secret), algorithm, "mckey");
  const message = { method, url, headers: { ...headers, "content-digest": contentDigest(bytes) } };
  const config = { key, name: `sig_${time}`, fields: ["content-digest"], params: ["created", "alg", "keyid"], paramValues: { created: new Date(time * 1000) } };
  const signed = await httpbis.signMessage(config, message);
  return { headers: signed.headers };
}
