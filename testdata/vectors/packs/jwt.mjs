// The packs whose signature is a JSON Web Token (RFC 7519), or one with its payload
// detached (RFC 7797).
import { createHash } from "node:crypto";
import { hmac } from "../lib/digest.mjs";
import * as ecdsa from "../lib/ecdsa.mjs";
import { family } from "../lib/family.mjs";
import * as rsa from "../lib/rsa.mjs";
import { AT } from "../lib/scenario.mjs";

const now = Date.parse(AT) / 1000;
const url64 = (value) => Buffer.from(typeof value === "string" || Buffer.isBuffer(value) ? value : JSON.stringify(value)).toString("base64url");
const parsed = (part) => JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
const digest = (value, encoding) => createHash("sha256").update(value).digest(encoding);

// How each algorithm signs, and what else one might try to pass for it.
const shared = (hash) => ({ sign: (key, input) => hmac(hash, key.secret, input) });
const paired = (make, sign) => ({ make, sign: (key, input) => sign(key.pair, input) });
const algorithms = {
  HS256: shared("sha256"), HS512: shared("sha512"),
  RS256: paired((id, i) => rsa.keyPair(i), (pair, input) => rsa.sign(pair, "sha256", input)),
  RS512: paired((id, i) => rsa.keyPair(i), (pair, input) => rsa.sign(pair, "sha512", input)),
  ES256: paired((id, i) => ecdsa.keyPair("P-256", `${id} ${i}`), (pair, input) => ecdsa.sign(pair, "sha256", input, "p1363")),
};
const others = { HS256: "HS512", RS256: "RS512" };

// token is the signer of a scheme whose tokens are of the algorithm alg.
const token = (alg) => ({ id, claimed = {}, timed = [] }) => {
  const { make, sign } = algorithms[alg];
  const keys = ["", " (the previous)", " (of nobody)"].map((more, i) => {
    const pair = make?.(id, i);
    const key = { pair, secret: pair ? pair.publicPEM : `${id} signing key${more}` };
    return { ...key, sign: (input) => Buffer.from(`${input}.${url64(sign(key, input))}`) };
  });
  const [first] = keys;
  const altered = (name, about, reject, change) => ({
    name, about, reject,
    sign: (input) => {
      const [header, claims] = String(input).split(".").map(parsed);
      const made = change(header, claims) ?? {};
      return made.token ?? first.sign(`${url64(header)}.${url64(claims)}`);
    },
  });
  const signedBy = (header, claims, alg, how) => {
    const text = `${url64({ ...header, alg })}.${url64(claims)}`;
    return { token: Buffer.from(`${text}.${how ? url64(how(text)) : ""}`) };
  };
  const foreign = [
    altered("algorithm-none", "a token that says it needs no signature has none", "algorithm_not_allowed", (h, c) => signedBy(h, c, "none")),
    altered("critical-extension", "an extension that must be understood, and is not, is refused", "signature_malformed", (h) => void (h.crit = ["exp"])),
    altered("claims-changed", "other claims under the same signature are refused", "signature_mismatch", (h, c) => ({
      token: Buffer.from(`${url64(h)}.${url64({ ...c, more: true })}.${url64(sign(first, `${url64(h)}.${url64(c)}`))}`),
    })),
    altered("expired", "a token is refused after its end", "timestamp_too_old", (h, c) => void (c.exp = now - 3600)),
    altered("not-yet", "a token is refused before its beginning", "timestamp_in_future", (h, c) => void (c.nbf = now + 3600)),
  ];
  if (others[alg]) {
    foreign.push(altered(`algorithm-${others[alg].toLowerCase()}`, "the algorithm is pinned, and not the token's to choose", "algorithm_not_allowed", (h, c) =>
      signedBy(h, c, others[alg], (text) => algorithms[others[alg]].sign(first, text))));
  }
  if (make) {
    foreign.push(altered("hs256-under-the-public-key", "an HMAC under the public key, which everybody knows, proves nothing", "algorithm_not_allowed", (h, c) =>
      signedBy(h, c, "HS256", (text) => hmac("sha256", first.secret, text))));
  }
  for (const [name, wrong] of Object.entries(claimed)) {
    foreign.push(
      altered(`claim-${name.replaceAll("_", "-")}-missing`, `a token must have the claim ${name}`, "field_missing", (h, c) => void delete c[name]),
      altered(`claim-${name.replaceAll("_", "-")}-changed`, `a token of another ${name} is refused`, "condition_failed", (h, c) => void (c[name] = wrong)));
  }
  return { keys, foreign: [...foreign, ...timed.map((t) => altered(...t))] };
};

// jwt describes a scheme by the claims of its tokens:
//   alg      the algorithm
//   claims   (view) → what the token says
//   claimed  claims that must hold, each with a value that does not
//   timed    more tokens that are refused: [name, about, reason, (header, claims) → …]
export const jwt = ({ alg, kid, claims, skip = [], reasons = {}, ...d }, more) => family({
  encoding: "raw", ...d, signer: token(alg),
  message: (view) => `${url64({ alg, typ: "JWT", ...(kid && { kid }) })}.${url64(claims(view))}`,
  // No header can carry what trailing-byte puts behind the token.
  skip: ["trailing-byte", ...skip],
  reasons: { ...(d.covers.includes("body") && { "body-changed": "condition_failed", "body-final-newline-added": "condition_failed" }), ...reasons },
}, more);

const within = (settings, packs) => Object.fromEntries(Object.entries(packs).map(([id, list]) => [id, list.map((s) => ({ ...s, settings: { ...settings, ...s.settings } }))]));

const span = { iat: now, nbf: now, exp: now + 300 };
const fifty = "0".repeat(64);

// birdKey and the tokens of MessageBird's tests.
const birdKey = "36efdd1aace2e26cd490f0d951138253bef2f7c6d34d18981da781555cc4cebb";
const bird = (name, about, token, request, outcome) => ({
  name, about, source: "published: github.com/messagebird/go-rest-api, signature_jwt/testdata/reference.json",
  method: "POST", host: "example.com", target: "/", body: "", ...request, headers: [["MessageBird-Signature-JWT", token]],
  secrets: [birdKey], at: "2021-07-05T10:00:00Z", ...outcome,
});
const birdHolds = (id) => ({ accept: { id, covers: ["body", "id"] } });
const birdBody = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3OTIwMCwiZXhwIjoxNjI1NDc5MjYwLCJqdGkiOiI5M2U1NTAwNi1hMGU4LTQ1MjYtYTE5MC1mYTVmZjAwZWExMTYiLCJ1cmxfaGFzaCI6IjQxZjA1ZjBkZGQwYTIyYWIyMDlhYzQ2ZjQ3YzQ1NzJkOWNlZmEyNTdlZDc0YjI0MDA0YmFlNzUzZWNlNmMyNjAiLCJwYXlsb2FkX2hhc2giOiJkZmZkNjAyMWJiMmJkNWIwYWY2NzYyOTA4MDllYzNhNTMxOTFkZDgxYzdmNzBhNGIyODY4OGEzNjIxODI5ODZmIn0._H--TOuYFLpeEH39-rg5E3IHVkjHozBcaKVWPRC5m9I";
const birdWrong = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3OTIwMCwiZXhwIjoxNjI1NDc5MjYwLCJqdGkiOiIxNDUwMTUzMi05NmYyLTQ2ODQtOTgzMi02OGYwOTUxYWUzNDIiLCJ1cmxfaGFzaCI6IjBmMTE1ZGIwNjJiN2MwZGQwMzBiMTY4NzhjOTlkZWE1YzM1NGI0OWRjMzdiMzhlYjg4NDYxNzljNzc4M2U5ZDciLCJwYXlsb2FkX2hhc2giOiJmYjYyZjAyYWNkYTdkNzQxNzdhNzAxYTFjZTAwNmU2YmFjZDkwYzdkNGQ3YWI0ODE2OTJjMWRhNDdjODEwNzZiIn0.m79RCwO6dGa9pvzsQypkVuXQ6eM0CkRl6_U7MfWg6TM";
const birdRemoved = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3OTIwMCwiZXhwIjoxNjI1NDc5MjYwLCJqdGkiOiIxNDUwMTUzMi05NmYyLTQ2ODQtOTgzMi02OGYwOTUxYWUzNDIiLCJ1cmxfaGFzaCI6IjBmMTE1ZGIwNjJiN2MwZGQwMzBiMTY4NzhjOTlkZWE1YzM1NGI0OWRjMzdiMzhlYjg4NDYxNzljNzc4M2U5ZDciLCJwYXlsb2FkX2hhc2giOiJkZmZkNjAyMWJiMmJkNWIwYWY2NzYyOTA4MDllYzNhNTMxOTFkZDgxYzdmNzBhNGIyODY4OGEzNjIxODI5ODZmIn0.bHfsjj3tljfzTufoG3EU3p_yFrQh9CufyzRSaRMd4ss";
const birdNone = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJpc3MiOiJNZXNzYWdlQmlyZCIsImlhdCI6MTYyNTQ3OTIwMCwiZXhwIjoxNjI1NDc5MjYwLCJqdGkiOiI1OWEyNDRkYy1lOWFkLTRlMjMtOTc3OC0zNzFmYWEyMzhmNzIiLCJ1cmxfaGFzaCI6IjBmMTE1ZGIwNjJiN2MwZGQwMzBiMTY4NzhjOTlkZWE1YzM1NGI0OWRjMzdiMzhlYjg4NDYxNzljNzc4M2U5ZDcifQ.";

// detached is the signer of a token whose payload is the body; its message begins with
// the token's header.
const detached = (hash) => () => {
  const headerOf = (message) => message.toString("latin1").split(".")[0];
  const made = (pair, message, payload = "", header = headerOf(message)) => Buffer.from(`${header}.${payload}.${url64(rsa.sign(pair, hash, message))}`);
  const keys = [0, 1, 2].map(rsa.keyPair).map((pair) => ({ secret: pair.publicPEM, sign: (message) => made(pair, message) }));
  const named = (alg) => (message) => made(rsa.keyPair(0), message, "", url64({ ...parsed(headerOf(message)), alg }));
  return { keys, foreign: [
    { name: "payload-attached", about: "the payload is the body, and nothing in the header", reject: "signature_malformed", sign: (message) => made(rsa.keyPair(0), message, "e30") },
    { name: "algorithm-none", about: "a token that says it needs no signature has none", reject: "algorithm_not_allowed", sign: named("none") },
    { name: "algorithm-hs256", about: "the algorithm is pinned, and not the token's to choose", reject: "algorithm_not_allowed", sign: named("HS256") },
  ] };
};
const ctctAt = (ts) => {
  const message = `${url64({ ...ctct, ts })}.{}`;
  return { headers: [["X-CTCT-WEBHOOK-SIG", detached("sha256")().keys[0].sign(Buffer.from(message)).toString()]], body: "{}", secrets: [rsa.keyPair(0).publicPEM] };
};
const ctct = { alg: "RS256", ts: now, b64: false, crit: ["b64"] };

// Kinde's token is the body itself.
function kinde() {
  const claims = { type: "user.created", event_id: "event_0191", source: "api", timestamp: AT, iss: "https://acme.kinde.com", data: { user: { id: "kp_1" } } };
  const { keys, foreign } = token("RS256")({ id: "kinde", claimed: { iss: "https://other.kinde.com" } });
  const input = `${url64({ alg: "RS256", typ: "JWT", kid: "key-1" })}.${url64(claims)}`;
  const sent = keys[0].sign(input).toString();
  const post = (name, about, body, outcome) => ({ name, about, headers: [["Content-Type", "application/jwt"]], body, secrets: [keys[0].secret], settings: { domain: "acme.kinde.com" }, ...outcome });
  const accept = { type: "user.created", id: "event_0191", covers: ["body", "id", "type"] };
  const malformed = (name, about, body) => post(name, about, body, { reject: "signature_malformed" });
  return [
    post("sample", "an event as the vendor sends it", sent, { accept }),
    post("second-of-two-secrets", "two keys, and the second one signed", keys[1].sign(input).toString(), { secrets: [keys[0].secret, keys[1].secret], accept: { ...accept, secret: 1 } }),
    post("wrong-secret", "what another key signed matches nothing", keys[2].sign(input).toString(), { reject: "signature_mismatch" }),
    post("no-secret", "without a key nothing is accepted", sent, { secrets: [], reject: "no_secret" }),
    post("other-domain", "the token of another business at Kinde is refused", sent, { settings: { domain: "beta.kinde.com" }, reject: "condition_failed" }),
    malformed("empty-body", "no token at all", ""),
    malformed("json-instead", "the claims without a token around them are refused", JSON.stringify(claims)),
    malformed("two-parts", "a token without its signature is refused", input),
    malformed("trailing-line-break", "text after the token is not dropped silently", sent + "\n"),
    ...foreign.map((f) => post(f.name, f.about, f.sign(input).toString(), { reject: f.reject })),
  ];
}

export default {
  kinde: kinde(),
  ...jwt({
    id: "vonage", alg: "HS256", header: "Authorization", prefix: "Bearer ", covers: ["body", "id"],
    claims: ({ body }) => ({ iat: now, jti: "aec4ed68-50b7-4b69-93f8-0e91b4f7d9c1", iss: "Vonage", api_key: "a1b2c3d4", payload_hash: digest(body, "hex") }),
    claimed: { iss: "Nobody", payload_hash: fifty }, eventId: () => "aec4ed68-50b7-4b69-93f8-0e91b4f7d9c1",
  }),
  ...jwt({
    id: "messagebird-jwt", alg: "HS256", header: "MessageBird-Signature-JWT", target: "/in/messagebird-jwt?a=1&b=2", covers: ["body", "id"],
    claims: ({ url, body }) => ({ iss: "MessageBird", nbf: now, exp: now + 60, jti: "jti_1", url_hash: digest(url, "hex"), payload_hash: digest(body, "hex") }),
    claimed: { iss: "Nobody", url_hash: fifty, payload_hash: fifty }, eventId: () => "jti_1",
  }, [
    bird("published", "a body and a query are signed", birdBody, { target: "/path?bar=1&foo=2", body: "Hello, World!" }, birdHolds("93e55006-a0e8-4526-a190-fa5ff00ea116")),
    bird("published-put", "another method with the same token", birdBody, { method: "PUT", target: "/path?bar=1&foo=2", body: "Hello, World!" }, birdHolds("93e55006-a0e8-4526-a190-fa5ff00ea116")),
    bird("published-other-payload", "the digest of another body", birdWrong, { body: "Hello, World!" }, { reject: "condition_failed" }),
    bird("published-payload-removed", "the body was taken away on the way", birdRemoved, {}, { reject: "condition_failed" }),
    bird("published-none", "a token without a signature", birdNone, { method: "GET" }, { reject: "algorithm_not_allowed" }),
    bird("published-other-url", "the token of another URL", birdBody, { target: "/path?bar=1&foo=3", body: "Hello, World!" }, { reject: "condition_failed" }),
    { ...bird("published-expired", "the token two hours later", birdBody, { target: "/path?bar=1&foo=2", body: "Hello, World!" }, { reject: "timestamp_too_old" }), at: "2021-07-05T12:00:00Z" },
  ]),
  ...jwt({
    id: "upstash-qstash", alg: "HS256", header: "Upstash-Signature", headers: [["Upstash-Message-Id", "msg_1"]], covers: ["body"],
    claims: ({ url, body }) => ({ iss: "Upstash", sub: url, ...span, jti: "jwt_1", body: digest(body, "base64url") + "=" }),
    claimed: { iss: "Nobody", sub: "https://elsewhere.example/", body: url64(Buffer.alloc(32)) }, eventId: "header.Upstash-Message-Id",
  }),
  ...jwt({
    id: "netlify", alg: "HS256", header: "X-Webhook-Signature", covers: ["body"],
    claims: ({ body }) => ({ iss: "netlify", sha256: digest(body, "hex") }), claimed: { iss: "nobody", sha256: fifty },
  }),
  ...jwt({
    id: "fusionauth", alg: "HS256", header: "X-FusionAuth-Signature-JWT", covers: ["body", "id", "type"],
    body: `{"event":{"id":"c0d1a1b2-1c2d-4e3f-8a9b-0c1d2e3f4a5b","type":"user.create","createInstant":1767323045000}}`,
    claims: ({ body }) => ({ request_body_sha256: digest(body, "base64") }), claimed: { request_body_sha256: Buffer.alloc(32).toString("base64") },
    type: "json.event.type", eventId: "json.event.id",
  }),
  ...jwt({
    id: "monday", alg: "HS256", header: "Authorization", covers: [],
    body: `{"event":{"type":"update_column_value","triggerUuid":"b2f9c3d4","boardId":1}}`, type: "json.event.type",
    claims: ({ url }) => ({ aud: url, iat: now, exp: now + 300 }), claimed: { aud: "https://elsewhere.example/" },
  }, [
    { name: "url-check", about: "a new URL is asked to give a value back", headers: [["Content-Type", "application/json"]], body: `{"challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"}`, secrets: [],
      challenge: { secret: null, reply: { status: 200, type: "application/json", body: `{"challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"}` } } },
  ]),
  ...jwt({
    id: "lago-jwt", alg: "RS256", header: "X-Lago-Signature", raw: false, covers: ["body", "type"],
    body: `{"webhook_type":"invoice.created","object_type":"invoice","invoice":{"lago_id":"1a901a90"}}`, type: "json.webhook_type",
    claims: ({ body }) => ({ data: body.toString("utf8"), iss: "https://api.getlago.com" }), claimed: { data: "{}", iss: "https://elsewhere.example" },
  }),
  ...jwt({
    id: "plaid", alg: "ES256", kid: "bfbd5111-8e33-4643-8ced-b2e642a72f3c", header: "Plaid-Verification", covers: ["body", "type", "time"],
    body: `{"webhook_type":"TRANSACTIONS","webhook_code":"SYNC_UPDATES_AVAILABLE","item_id":"item_1"}`,
    claims: ({ body }) => ({ iat: now, request_body_sha256: digest(body, "hex") }), claimed: { request_body_sha256: fifty },
    type: ({ json }) => (json?.webhook_type ? `${json.webhook_type}.${json.webhook_code}` : undefined),
    timed: [
      ["timestamp-too-old", "one second beyond the tolerance", "timestamp_too_old", (h, c) => void (c.iat = now - 301)],
      ["timestamp-in-future", "one second beyond the tolerance, ahead", "timestamp_in_future", (h, c) => void (c.iat = now + 301)],
      ["timestamp-malformed", "a word is no time, though it was signed", "timestamp_malformed", (h, c) => void (c.iat = "yesterday")],
      ["timestamp-missing", "a token without its time is refused", "timestamp_missing", (h, c) => void delete c.iat],
    ],
  }),
  ...within({ audience: "https://hookseal.example/in/google-pubsub", service_account: "push@project.iam.gserviceaccount.com" }, jwt({
    id: "google-pubsub", alg: "RS256", kid: "key-1", header: "Authorization", prefix: "Bearer ", covers: [],
    body: `{"message":{"data":"e30=","messageId":"136969346945","publishTime":"2026-01-02T03:04:05Z"},"subscription":"projects/p/subscriptions/s"}`,
    claims: ({ url }) => ({ aud: url, azp: "113774264463038321964", email: "push@project.iam.gserviceaccount.com", email_verified: true, iat: now, exp: now + 3600, iss: "https://accounts.google.com", sub: "113774264463038321964" }),
    claimed: { aud: "https://elsewhere.example/", email: "other@project.iam.gserviceaccount.com", email_verified: false, iss: "https://accounts.example" },
    eventId: "json.message.messageId",
  })),
  ...family({
    id: "constant-contact", signer: detached("sha256"), encoding: "raw", header: "X-CTCT-WEBHOOK-SIG", covers: ["body", "time"],
    message: ({ body }) => Buffer.concat([Buffer.from(`${url64(ctct)}.`), body]),
    skip: ["trailing-byte"],
  }, [
    { name: "too-old", about: "a source may set a bound on the time", ...ctctAt(now - 301), settings: { tolerance: "5m" }, reject: "timestamp_too_old" },
    { name: "in-time", about: "a time within the bound that a source set", ...ctctAt(now - 300), settings: { tolerance: "5m" }, accept: { covers: ["body", "time"] } },
  ]),
  ...family({
    id: "fireblocks-jwks", signer: detached("sha512"), encoding: "raw", header: "Fireblocks-Webhook-Signature",
    message: ({ body }) => `${url64({ alg: "RS512", kid: "key-1" })}.${url64(body)}`,
    body: `{"id":"5f1c9a7e-3a5b-4b8e-9d0e-6d8e1c1d2f30","eventType":"transaction.created","eventVersion":1,"data":{"id":"tx_1"}}`,
    type: "json.eventType", eventId: "json.id", skip: ["trailing-byte"],
  }),
};
