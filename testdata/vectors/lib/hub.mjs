// The form that GitHub made common: sha256= and the HMAC-SHA256 of the raw body
// in hex. SeaTable and Qualifio write it under headers of their own.
import { hmac } from "./digest.mjs";
import { json } from "./scenario.mjs";

export const hub = (header, secret, body) => ({
  header, prefix: "sha256=", secret, body, other: "sha512",
  digest: (key, signed, algorithm = "sha256") => hmac(algorithm, key, signed),
  write: (digest) => digest.toString("hex"),
  send: (text) => [json, [header, text]],
});

export const line = (key, body) => "sha256=" + hmac("sha256", key, body).toString("hex");

// published is the pair on GitHub's page: the same form under another header.
export const published = (header) => ({
  name: "published-digest", about: "the pair that GitHub publishes for this form, under the header of this provider",
  source: "published: docs.github.com, validating webhook deliveries (there under X-Hub-Signature-256)",
  headers: [["Content-Type", "text/plain"], [header, "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"]],
  body: "Hello, World!", secrets: ["It's a Secret to Everybody"], accept: { covers: ["body"] },
});

// foreignHeader is the same value under GitHub's header.
export const foreignHeader = (secret, body) => ({
  name: "signature-under-another-header", about: "the right value under the header of another provider is no signature",
  headers: [json, ["X-Hub-Signature-256", line(secret, body)]], body, secrets: [secret], reject: "signature_missing",
});
