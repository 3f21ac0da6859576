// The packs whose claim a rule makes, since data cannot say what they sign.
import { createHash } from "node:crypto";
import * as ecdsa from "../lib/ecdsa.mjs";
import { family } from "../lib/family.mjs";
import { AT } from "../lib/scenario.mjs";
import { jwt } from "./jwt.mjs";

const now = Date.parse(AT) / 1000;
const url64 = (value) => Buffer.from(value).toString("base64url");
const parsed = (part) => JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
const form = "application/x-www-form-urlencoded";
const byText = (a, b) => (a < b ? -1 : Number(a > b));

// plivo is the text that Plivo signs for a URL and the fields of a form.
function plivo(url, body) {
  const { origin, pathname, searchParams } = new URL(url);
  const inOrder = (params, between) => [...new Set(params.keys())].sort(byText)
    .flatMap((name) => params.getAll(name).sort(byText).map((value) => name + between + value));
  const query = inOrder(searchParams, "=").join("&");
  const fields = inOrder(new URLSearchParams(body.toString("utf8")), "");
  const has = fields.length > 0;
  return `${origin}${pathname}${query || has ? "?" : ""}${query}${query && has ? "." : ""}${fields.join("")}`;
}

const nonce = "X-Plivo-Signature-V3-Nonce";
const plivoForm = "CallUUID=3f8c&Event=StartApp&From=14150000000&To=14151111111&Direction=inbound&Digits=";
// signatures of RSA have the length of the key, which is not known before.
const rsaReasons = Object.fromEntries(["signature-cut-in-half", "trailing-byte", "hex-instead", "hmac-under-the-public-key"].map((name) => [name, "signature_mismatch"]));

const plivoScheme = {
  id: "plivo-v3", header: "X-Plivo-Signature-V3", encoding: "base64", contentType: form, headers: [[nonce, "12345678901234567890"]], body: plivoForm,
  target: "/in/plivo-v3?leg=b&leg=a&tenant=7", covers: [], raw: false, secrets: ["MAXXXXXXXXXXXXXXXXXX", "MAYYYYYYYYYYYYYYYYYY", "MAZZZZZZZZZZZZZZZZZZ"],
  message: ({ url, body, header }) => `${plivo(url, body)}.${header(nonce)}`,
};

// variant is the sample of a description, under another name.
const variant = (packs, name, about, more = {}) => ({ ...Object.values(packs)[0][0], name, about, ...more });

// tl is the signer of TrueLayer's tokens: { header, payload } are made into a token
// whose payload is detached.
const jku = "https://webhooks.truelayer.com/.well-known/jwks";
const tlHeader = { alg: "ES512", kid: "key-1", tl_version: "2", tl_headers: "X-Tl-Webhook-Timestamp,Content-Type", jku };
const tlPairs = ["first", "second", "third"].map((name) => ecdsa.keyPair("P-521", `truelayer ${name}`));
function tlToken(pair, header, payload, hash = "sha512") {
  const head = url64(JSON.stringify(header));
  return `${head}..${url64(ecdsa.sign(pair, hash, `${head}.${url64(payload)}`, "p1363"))}`;
}
const tlSigner = () => ({
  keys: tlPairs.map((pair) => ({ secret: pair.publicPEM, sign: (payload) => Buffer.from(tlToken(pair, tlHeader, payload)) })),
  foreign: [
    ["algorithm-none", "a token that says it needs no signature has none", "algorithm_not_allowed", { alg: "none" }],
    ["algorithm-hs512", "the algorithm is pinned, and not the token's to choose", "algorithm_not_allowed", { alg: "HS512" }],
    ["critical-extension", "an extension that must be understood, and is not, is refused", "signature_malformed", { crit: ["exp"] }],
    ["other-version", "a version that nobody knows is refused", "condition_failed", { tl_version: "1" }],
    ["key-elsewhere", "a key that lies elsewhere is not taken", "key_not_allowed", { jku: "https://keys.example/.well-known/jwks" }],
    ["key-of-the-sandbox", "anybody can have the sandbox sign: its keys are not those of live payments", "key_not_allowed", { jku: "https://webhooks.truelayer-sandbox.com/.well-known/jwks" }],
    ["header-listed-and-absent", "a header that is listed must be there", "field_missing", { tl_headers: "X-Tl-Webhook-Timestamp,Content-Type,X-Other" }],
    ["header-listed-that-none-can-be", "a name with a line break is no header's, and no reason to give no verdict", "signature_malformed", { tl_headers: "X-Tl-Webhook-Timestamp,X-Other\n" }],
  ].map(([name, about, reject, more]) => ({ name, about, reject, sign: (payload) => Buffer.from(tlToken(tlPairs[0], { ...tlHeader, ...more }, payload)) })),
});
const tlSaying = (more) => () => ({ ...tlSigner(), keys: tlPairs.map((pair) => ({ secret: pair.publicPEM, sign: (payload) => Buffer.from(tlToken(pair, { ...tlHeader, ...more }, payload)) })) });
const tlPayload = (path, lines) => ({ stamp, method, body, header }) =>
  Buffer.concat([Buffer.from(`${method} ${path}\n${lines ?? `X-Tl-Webhook-Timestamp: ${stamp}\nContent-Type: ${header("Content-Type")}\n`}`), body]);
const tl = {
  id: "truelayer", signer: tlSigner, encoding: "raw", header: "Tl-Signature", stamp: { header: "X-Tl-Webhook-Timestamp", unit: "rfc3339", tolerance: null },
  message: tlPayload("/in/truelayer"), body: `{"type":"payment_executed","event_version":1,"event_id":"18b2842b-a57b-4887-a0a6-d3c7c36f1020","payment_id":"p_1"}`,
  type: "json.type", eventId: "json.event_id", candidate: "path",
  skip: ["trailing-byte", "hex-instead"],
  reasons: { "timestamp-twice": "field_ambiguous" },
};

// qsh is the digest of method, path and query in Atlassian's one way of writing.
const strict = (text) => encodeURIComponent(text).replace(/[!'()*]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase());
function qsh(method, url, base = "") {
  const { pathname, searchParams } = new URL(url);
  const path = ("/" + pathname.slice(base.length).replace(/^\//, "").replaceAll("&", "%26")).replace(/(.)\/$/, "$1");
  searchParams.delete("jwt");
  const query = [...new Set(searchParams.keys())].sort(byText).map((name) => `${strict(name)}=${searchParams.getAll(name).sort(byText).map(strict).join(",")}`);
  return createHash("sha256").update(`${method}&${path}&${query.join("&")}`).digest("hex");
}
const jira = ({ base, ...more } = {}) => jwt({
  id: "atlassian-connect", alg: "HS256", header: "Authorization", prefix: "JWT ", covers: ["time"],
  target: "/in/atlassian-connect?user_id=557058%3Aabc&user_key=it's+me&b=2&b=1",
  body: `{"timestamp":1767323045000,"webhookEvent":"jira:issue_created","issue":{"id":"10002","key":"AC-1"}}`, type: "json.webhookEvent",
  claims: ({ method, url }) => ({ iss: "jira:15489595", iat: now, exp: now + 180, qsh: qsh(method, url, base) }),
  claimed: { qsh: "0".repeat(64) },
  reasons: { expired: "condition_failed", "not-yet": "condition_failed" },
  ...more,
});
// serialized is what serialize() of PHP makes of the fields in order.
function serialized(fields) {
  const text = (value) => `s:${Buffer.byteLength(value)}:"${value}";`;
  const sorted = fields.filter(([name]) => name !== "p_signature").sort(([a], [b]) => byText(a, b));
  return `a:${sorted.length}:{${sorted.map(([name, value]) => text(name) + text(value)).join("")}}`;
}
const fieldsOf = (body) => [...new URLSearchParams(body.toString("utf8"))];
const paddle = {
  id: "paddle-classic", kind: "rsa", algorithm: "sha1", encoding: "base64", contentType: form, covers: ["id", "type"],
  body: "alert_name=payment_succeeded&alert_id=1534261303&customer_name=Zo%C3%AB+%F0%9F%A6%8A&passthrough=%7B%22a%22%3A%22b%3Bc%22%7D&marketing_consent=",
  message: ({ body }) => serialized(fieldsOf(body)),
  place: (body, text) => (text === undefined ? body : `${body}&${new URLSearchParams({ p_signature: text })}`),
  type: "form.alert_name", eventId: "form.alert_id", raw: false,
  reasons: rsaReasons,
  // A place in the body has one signature; the scenario below has two.
  skip: ["signature-twice"],
};

// canonical is the form of RFC 8785.
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.keys(value).sort(byText).map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}
const inngestBody = `{ "event": {"name":"test/hello","data":{"z":1.0,"é":"\\u00e9","a":[1e2]}}, "ctx": {"run_id":"01J","attempt":0} }`;
const inngest = (candidate, form, body, more = {}) => ({
  id: "inngest", header: "X-Inngest-Signature", stamp: { member: "t", unit: "s", tolerance: 300 }, separator: "&", candidate, body, raw: false,
  secrets: ["signkey-prod-12345678", "signkey-test-87654321", "signkey-prod-00000000"], key: (secret) => Buffer.from(secret.split("-")[2]),
  message: ({ body, stamp }) => Buffer.concat([form(body), Buffer.from(stamp)]), write: ({ sig, stamp }) => `t=${stamp}&s=${sig}`,
  type: "json.event.name",
  ...more,
});
const asSent = (body) => body;
const inCanonicalForm = (body) => Buffer.from(canonical(JSON.parse(body.toString("utf8"))));

const bitsoPayload = `{"fid":"d3f1","status":"complete","amount":"0.10","currency":"mxn"}`;
const bitso = (candidate, body, more = {}) => ({
  id: "bitso", kind: "rsa", encoding: "base64", header: "x-bitso-webhook-event-signature", headers: [["x-bitso-key-id", "key-1"]], candidate, body,
  secretOf: (pair) => pair.spki.toString("base64"), raw: false, covers: [], type: "json.event", reasons: rsaReasons,
  message: ({ json }) => JSON.stringify(json.payload), ...more,
});

const unisender = {
  id: "unisender-go", kind: "digest", algorithm: "md5", contentType: "application/json", covers: [], raw: false,
  body: `{"auth":"AUTH","events_by_user":[{"user_id":456,"events":[{"event_name":"transactional_email_status","event_data":{"job_id":"1a3Q2V-0000OZ-S0","email":"ada@example.com","status":"sent"}}]}]}`,
  message: ({ body, secret }) => Buffer.from(body.toString("utf8").replace("AUTH", () => secret)),
  place: (body, text) => (text === undefined ? body.replace(`"auth":"AUTH",`, "") : body.replace("AUTH", () => text)),
  secrets: ["6ab1cf3ed7d5ef", "0bd44c18a2f0a1", "ffffffffffffff"],
  skip: ["signature-twice"],
};


const tlPublished = {
  about: "the webhook of TrueLayer's own tests", source: "published: github.com/TrueLayer/truelayer-signing, test-resources/webhook-signature.txt",
  host: "example.com", target: "/tl-webhook", at: "2021-11-29T11:42:56Z", body: "{\"event_type\":\"example\",\"event_id\":\"18b2842b-a57b-4887-a0a6-d3c7c36f1020\"}",
  headers: [["Tl-Signature", "eyJhbGciOiJFUzUxMiIsImtpZCI6IjQ1ZmM3NWNmLTU2NDktNDEzNC04NGIzLTE5MmMyYzc4ZTk5MCIsInRsX3ZlcnNpb24iOiIyIiwidGxfaGVhZGVycyI6IlgtVGwtV2ViaG9vay1UaW1lc3RhbXAsQ29udGVudC1UeXBlIiwiamt1IjoiaHR0cHM6Ly93ZWJob29rcy50cnVlbGF5ZXIuY29tLy53ZWxsLWtub3duL2p3a3MifQ..AB9S1dzZTmw0tofUjJNGO7Kt_jZsahPyIrBTdhfxBWOI3KoLALkMy6ka1MjpZQx06_hQUJnanu9K_LS6V9lNaNGiAX5Cos5RWQfbeBCZWqAvIpXO3FvIzyJKRaTYK8FBG4lfJYPi76_pIkCLGKWeq8__7ElpMVRcLTM5IBKWL8isVZn_"],
    ["X-Tl-Webhook-Timestamp", "2021-11-29T11:42:55Z"], ["Content-Type", "application/json"]],
  secrets: [`{"kty":"EC","alg":"ES512","kid":"45fc75cf-5649-4134-84b3-192c2c78e990","crv":"P-521","x":"oLuW4nFqoUuR8d7FVsUoI62libYdQlWGtLStnqdudLY92bQ0ra5eZAbkunrGTR9-w9mr4o2Etyb6pC7YB2-23WM","y":"AX1cjkGMiltikPrkX49qwuJDdcETaTsj-kyFP8jsF9W5XAB3Z4tBiQtc72DQnJYeKyAV_T6qZTtFKFr-Tp4iu-j7"}`],
};
const tlIdentity = { type: "example", id: "18b2842b-a57b-4887-a0a6-d3c7c36f1020", candidate: "path", covers: ["body", "id", "type", "time"] };

const paddlePublished = {
  about: "the form of the tests of verify-paddle-webhook", source: "published: npm verify-paddle-webhook 1.1.0, index.test.js", at: "2020-04-21T00:00:00Z",
  headers: [["Content-Type", form]],
  body: new URLSearchParams([
    ["event_time", "2020-04-21 00:00:00"],
    ["alert_id", "1534261303"],
    ["alert_name", "subscription_created"],
    ["user_id", "3"],
    ["email", "somebody@acme.org"],
    ["checkout_id", "1-aaaaaaaaaaaaaaa-bbbbbbbbbb"],
    ["subscription_id", "1"],
    ["subscription_plan_id", "3"],
    ["currency", "USD"],
    ["linked_subscriptions", "1, 1, 6"],
    ["marketing_consent", ""],
    ["next_bill_date", "2020-05-10"],
    ["passthrough", "Example String"],
    ["quantity", "12"],
    ["source", "Trial"],
    ["status", "active"],
    ["unit_price", "unit_price"],
    ["cancel_url", "https://checkout.paddle.com/subscription/cancel?user=1&subscription=1&hash=123"],
    ["update_url", "https://checkout.paddle.com/subscription/update?user=3&subscription=1&hash=321"],
    ["p_signature", "fjSUyhmASjlCTXFxGo05xqr80dBKxgIyUa8wKf/374/lo7PPTw3Sny+DgbmWoQYDAuS/WF9Ky6GfegFQgTXYoCoWoeKlGhBWPIsOLqHLrK/NwR710de2XH3SGwYTDMq2RTlKLuc7Z6f4ccMH69LjrLPe0sj1YTpWK2Z0S11EoX30H9ImzMwBgqNxLREUJbcxmNbGjqQIudpAierXWSGWwRXZy5vGZ0jDhxxZ2kAFjo7BN9bNVizvADMjZhfh8Lgf0u4BQPbBK1kyG1Ea/+zhToyGPEOTeFEIpC6KGfNpDQCwRGnmm/E+wg+hzmBi07Guk6CbvWq7x1kUglkra8tt/aZ1GoJRQGeovL26JlCop75clsdbTSva/VeFZiKrEuMJbVqxKd7mEiy6BxIuwMSzUvwDed58glidjLJ4SFPkXjpEpAY20+NJ68y2NjyQjrR6bp+FupwkbHmE1Es2+Kn5qvBzVh8Re2ZpSDRJMFxtKX166VpfNtW4KiW/SNRl1Ip3I75Y/as+3CU/3xBkfSJQTHhIf/i+AjraugVCqjLKbVs/KvGQzesKfimKhh7FEGGgrQZeMOTzrScftkaA9IH6vlyuKv1fzuwvDYey9hk7RNcIIDjVeKOleU+FNVQeKm2UHlJ1IWwYjFSNvg1qmqck9eYIxit863UnrWBwGSzKfEA="]
]).toString(),
  secrets: ["-----BEGIN PUBLIC KEY-----" + "\n" +
    "MIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAgEAvO3cy4xPF0zWxg7eBfr6" + "\n" +
    "FkfYRVl9dOs/Jb+fFCBl8jPcNtJSRVVDn5gCIgzLJ6N2AKatuUH1B/prWK/VJIth" + "\n" +
    "GBVNEFCNo9ZY71K/rS5Mo/ide/3HBAigwO2aZNFn3mgolT6rZ6+yp5z+ye2jNjoX" + "\n" +
    "a4akCLasKne0121+OWvzK0T9ec9yvpsUi4tIIlnGkNdh7u5ngmNE8R4Mq5ch9Hry" + "\n" +
    "CU6WFLC8y8xnu7Q8Oc1Z8XfdyebXXT66h0WeSiBTu50xwY2z9YeWYoWqFxQe8JGD" + "\n" +
    "P8AWhYNguJcPRr8/EGCG/kBKrABHJa6YuZffKzHbBqJ1F6gCLNpMalsfzGFDLzSz" + "\n" +
    "6V9X74eKQxYnxmdlhGf7OE2oANP5xWYFQZnlCUdswROb4PXtKNfBAjs/2mrpLDsy" + "\n" +
    "kE8DZK92klCmTue/ydRnBfJ2ogYLF7T3+dzwzQIghTtmDLKmEcew1nmaSt7zf079" + "\n" +
    "MayxcP0rQYPdEoQFDnT3P5DySTeLokZk0kr+/a/iQf9TSpTzfbA4rLcruD31jlQz" + "\n" +
    "Pg9b9RonvNarZEzk8cJA3P28nQ8BrEPQDnEslSzfONniHvR8hYB9ZE7Tjzap0O2P" + "\n" +
    "SCXn61281fWurgndmXnnpi4+erAnFsy/xTuIUrobQfEC5PrP0syH2GRTAm/EErEA" + "\n" +
    "BGficWhIyugKT2PpSKKxkG0CAwEAAQ==" + "\n" +
    "-----END PUBLIC KEY-----"],
};

export default {
  "plivo-v3": [
    ...family(plivoScheme)["plivo-v3"],
    variant(family({ ...plivoScheme, method: "GET", contentType: undefined, body: "" }), "get", "a call by GET signs the query"),
    variant(family({ ...plivoScheme, target: "/in/plivo-v3" }), "no-query", "without a query the fields follow the question mark"),
    variant(family({ ...plivoScheme, target: "/in/plivo-v3", body: "" }), "no-query-no-fields", "without either the URL stands alone"),
    variant(family({ ...plivoScheme, target: "/in/plivo-v3?a=%C3%A9+%26&b=x%3Dy" }), "query-decoded", "the query is signed decoded"),
    variant(family({ ...plivoScheme, header: "X-Plivo-Signature-Ma-V3" }), "main-account", "the token of the main account signs a header of its own"),
    variant(family({ ...plivoScheme, write: ({ sig }) => `AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=,${sig}` }), "second-of-a-list", "any signature of a list may match"),
    variant(family(plivoScheme), "query-cannot-be-read", "a query that two readers could decode differently is refused", { target: "/in/plivo-v3?a=%zz", accept: undefined, reject: "field_malformed" }),
  ],
  truelayer: [
    { name: "published", ...tlPublished, accept: tlIdentity },
    { name: "published-other-path", ...tlPublished, about: "the path is signed", target: "/tl-webhook-2", reject: "signature_mismatch" },
    { name: "published-final-slash", ...tlPublished, about: "a final slash that was added on the way is passed over, as TrueLayer's libraries do", target: "/tl-webhook/", accept: { ...tlIdentity, candidate: "other-slash" } },
    { name: "published-in-the-sandbox", ...tlPublished, about: "what live keys sign is nothing to a source of the sandbox", settings: { environment: "sandbox" }, reject: "key_not_allowed" },
    ...family(tl).truelayer,
    variant(family({ ...tl, signer: tlSaying({ jku: undefined }) }), "no-place-of-a-key", "the key is where it is also for a token that does not say so"),
    variant(family({ ...tl, signer: tlSaying({ tl_headers: undefined }), message: tlPayload("/in/truelayer", "") }), "no-headers-listed", "a token that lists no headers signs the rest, and not the time",
      { accept: { type: "payment_executed", id: "18b2842b-a57b-4887-a0a6-d3c7c36f1020", candidate: "path", covers: ["body", "id", "type"] } }),
    variant(family({ ...tl, target: "/in/truelayer/" }), "slash-taken-off", "a final slash that was taken off on the way is passed over", { target: "/in/truelayer/", accept: { type: "payment_executed", id: "18b2842b-a57b-4887-a0a6-d3c7c36f1020", candidate: "other-slash", covers: ["body", "id", "type", "time"] } }),
  ],
  "atlassian-connect": [
    ...jira()["atlassian-connect"],
    variant(jira({ target: "/in/atlassian-connect?jwt=other&a=%21*" }), "jwt-in-the-query", "the parameter jwt is not signed"),
    variant(jira({ target: "/in/atlassian-connect/a&b/" }), "path-with-ampersand", "an ampersand of the path is escaped, a final slash taken off"),
    variant(jira({ base: "/in" }), "base-path", "the path behind that of the app's baseUrl is signed", { settings: { base_path: "/in" } }),
    variant(jira(), "other-query", "the query is signed", { target: "/in/atlassian-connect?user_id=1", accept: undefined, reject: "condition_failed" }),
    variant(jira(), "other-method", "the method is signed", { method: "PUT", accept: undefined, reject: "condition_failed" }),
    variant(jira(), "query-cannot-be-read", "a query that two readers could decode differently is refused", { target: "/in/atlassian-connect?a=%zz", accept: undefined, reject: "field_malformed" }),
  ],
  "paddle-classic": [
    { name: "published", ...paddlePublished, accept: { type: "subscription_created", id: "1534261303", covers: ["id", "type"] } },
    { name: "published-field-changed", ...paddlePublished, about: "every field is signed", body: paddlePublished.body.replace("quantity=12", "quantity=13"), reject: "signature_mismatch" },
    { name: "published-field-added", ...paddlePublished, about: "a field more breaks the signature", body: paddlePublished.body + "&more=", reject: "signature_mismatch" },
    { name: "published-in-another-order", ...paddlePublished, about: "the fields are signed in the order of their names", body: paddlePublished.body.split("&").reverse().join("&"), accept: { type: "subscription_created", id: "1534261303", covers: ["id", "type"] } },
    { name: "published-field-twice", ...paddlePublished, about: "a field that is given twice is refused", body: paddlePublished.body + "&quantity=12", reject: "field_ambiguous" },
    { name: "published-signature-twice", ...paddlePublished, about: "two signatures are refused even if both are right", body: `${paddlePublished.body}&${paddlePublished.body.split("&").at(-1)}`, reject: "signature_ambiguous" },
    { name: "published-as-json", ...paddlePublished, about: "a body that is no form has no fields", headers: [["Content-Type", "application/json"]], reject: "field_malformed" },
    ...family(paddle)["paddle-classic"],
  ],
  inngest: [
    // White space around it is no part of the canonical form.
    ...family(inngest("canonical", inCanonicalForm, inngestBody, { skip: ["body-final-newline-added"] })).inngest,
    variant(family(inngest("raw", asSent, canonical(JSON.parse(inngestBody)))), "canonical-already", "a body that is in the canonical form was signed as it is"),
    variant(family(inngest("canonical", inCanonicalForm, `{"é":1,"z":2,"event":{"name":"a"},"😀":3,"\ufb33":4,"10":5,"9":6}`)), "order-of-code-units", "members stand in the order of their UTF-16 code units"),
    variant(family(inngest("canonical", () => Buffer.from(`{"a":1}`), `{"a":2,"a":1}`)), "member-twice", "a body with a name twice has no canonical form", { accept: undefined, reject: "signature_mismatch" }),
    variant(family(inngest("canonical", inCanonicalForm, inngestBody)), "fields-of-another-order", "the fields of the header stand in any order",
      { headers: Object.values(family(inngest("canonical", inCanonicalForm, inngestBody)))[0][0].headers.map(([n, v]) => [n, v.split("&").reverse().join("&")]) }),
  ],
  bitso: [
    ...family(bitso("as-sent", `{"event":"funding","payload":${bitsoPayload}}`)).bitso,
    variant(family(bitso("stringified", `{ "event": "funding", "payload": { "fid": "d3f1", "n": 1.50 } }`)), "white-space-added", "a payload that was written anew on the way holds as compact JSON"),
    variant(family(bitso("as-sent", `{"event":"funding","payload":{"n":1.50,"u":"\u00e9"}}`, { message: () => `{"n":1.50,"u":"\u00e9"}` })), "as-sent", "the text of the payload is signed as it was sent"),
    variant(family(bitso("as-sent", `{"event":"funding","payload":${bitsoPayload}}`)), "event-is-not-signed", "the name of the event is not signed", { body: `{"event":"withdrawal","payload":${bitsoPayload}}`, accept: { type: "withdrawal", candidate: "as-sent", covers: [] } }),
    variant(family(bitso("as-sent", `{"event":"funding","payload":${bitsoPayload}}`)), "no-payload", "a body without a payload is refused", { body: `{"event":"funding"}`, accept: undefined, reject: "field_missing" }),
    variant(family(bitso("as-sent", `{"event":"funding","payload":${bitsoPayload}}`)), "payload-twice", "a payload that is given twice is refused", { body: `{"event":"funding","payload":{},"payload":${bitsoPayload}}`, accept: undefined, reject: "body_ambiguous" }),
    variant(family(bitso("as-sent", `{"event":"funding","payload":{"a":1,"a":1}}`, { message: () => `{"a":1,"a":1}` })), "member-twice", "a payload that readers could understand in two ways is refused", { accept: undefined, reject: "body_ambiguous" }),
  ],
  "unisender-go": [
    ...family(unisender)["unisender-go"],
    variant(family(unisender), "auth-twice", "a signature that is given twice is refused", { body: `{"auth":"00","auth":"11"}`, accept: undefined, reject: "body_ambiguous" }),
    variant(family(unisender), "auth-elsewhere-too", "a body that holds the signature twice cannot be taken apart", { body: `{"auth":"00","other":"00"}`, accept: undefined, reject: "signature_malformed" }),
  ],
};
