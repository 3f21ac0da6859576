// The packs whose signature lists what it covers: RFC 9421 and the draft before it.
import { plain } from "../lib/digest.mjs";
import * as ed25519 from "../lib/ed25519.mjs";
import { AT, json, unix } from "../lib/scenario.mjs";

const [ours, second, nobodys] = ["http-signatures 1", "http-signatures 2", "nobody's"].map((seed) => ed25519.keyPair(plain("sha256", seed)));
const now = unix(AT);
const digestOf = (body) => plain("sha256", body).toString("base64");
const without = (name) => (headers) => headers.filter(([n]) => n !== name);
const changed = (name, change) => (headers) => headers.map(([n, v]) => [n, n === name ? change(v) : v]);
const twice = (name) => (headers) => [...headers, headers.find(([n]) => n === name)];

// common are the scenarios of both packs. send makes a request:
//   pair, at   who signs, and when
//   stamp      the text of the time instead
//   body       what is signed; sent is what comes instead
//   edit       headers → headers, after signing
function common({ send, secretOf, accept, body, header, stampIsMissing, cut }) {
  const right = { secrets: [secretOf(ours)] };
  const refused = (name, about, reject, options = {}, more = {}) => ({ name, about, ...right, ...send(options), reject, ...more });
  const held = (name, about, options = {}, more = {}) => ({ name, about, ...right, ...send(options), accept: { ...accept, ...more.accept }, ...(more.secrets && { secrets: more.secrets }) });
  return [
    held("sample", "a request as it is sent"),
    held("second-of-two-secrets", "the second key signs while the first is retired", {}, { secrets: [secretOf(second), secretOf(ours)], accept: { secret: 1 } }),
    held("timestamp-at-past-limit", "as old as the tolerance allows", { at: now - 300 }),
    held("timestamp-at-future-limit", "as far ahead as the tolerance allows", { at: now + 300 }),
    refused("signature-missing", "nothing is signed", "signature_missing", { edit: without(header) }),
    refused("signature-twice", "the header comes twice", "signature_ambiguous", { edit: twice(header) }),
    refused("signature-empty", "the header is empty", "signature_malformed", { edit: changed(header, () => "") }),
    refused("signature-cut", "the signature has half its length", "signature_malformed", { edit: changed(header, cut) }),
    refused("no-secret", "the source has no key", "no_secret", {}, { secrets: [] }),
    refused("wrong-secret", "another key signs", "signature_mismatch", { pair: nobodys }),
    refused("body-changed", "the body is not the one whose digest is signed", "condition_failed", { sent: "[]" }),
    refused("body-final-newline-added", "a line break more", "condition_failed", { sent: `${body}\n` }),
    refused("timestamp-too-old", "a second older than the tolerance", "timestamp_too_old", { at: now - 301 }),
    refused("timestamp-in-future", "a second further ahead than the tolerance", "timestamp_in_future", { at: now + 301 }),
    refused("timestamp-missing", "no time is stated", "timestamp_missing", stampIsMissing),
  ];
}

const events = `[{"email":"sender@example.com","customer_handle":"abc123","timestamp":1767323040,"event":"delivered","request_id":"wBLWrCnK0Z965pf-cgxhNg8bo5s="}]`;

// message signs by RFC 9421. list is the inner list with its parameters.
function message({ pair = ours, at = now, stamp = `;created=${at}`, list = `("content-digest")${stamp};alg="ed25519";keyid="mckey"`, body = events, sent = body, digest = `sha-256=:${digestOf(body)}:`, edit = (h) => h } = {}) {
  const sig = ed25519.sign(pair, `"content-digest": ${digest}\n"@signature-params": ${list}`).toString("base64");
  const label = `sig_${at}`;
  return { body: sent, headers: edit([json, ["Content-Digest", digest], ["Signature-Input", `${label}=${list}`], ["Signature", `${label}=:${sig}:`]]) };
}

const mailchannels = {
  send: message, secretOf: (pair) => pair.publicPEM, header: "Signature", accept: { covers: ["body", "time"] }, body: events,
  stampIsMissing: { stamp: "" }, cut: (v) => v.replace(/:.*:$/, ":AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:"),
};
const one = { secrets: [mailchannels.secretOf(ours)] };
const refuse = (name, about, reject, options) => ({ name, about, ...one, ...message(options), reject });

const keygenBody = `{"data":{"id":"9b9b1ac2-8a3f-4d2e-9d4b-3c2c1a0f7e55","type":"webhook-events","attributes":{"endpoint":"https://hookseal.example/in/keygen","payload":"{\\"data\\":{}}","event":"license.created","status":"DELIVERING","created":"2026-01-02T03:04:00.000Z","updated":"2026-01-02T03:04:00.000Z"}}}`;
const target = "/in/keygen?from=keygen";

// draft signs by draft-cavage-http-signatures.
function draft({ pair = ours, at = now, stamp = new Date(at * 1000).toUTCString(), body = keygenBody, sent = body, list = "(request-target) host date digest", edit = (h) => h, to = target } = {}) {
  const digest = `sha-256=${digestOf(body)}`;
  const lines = { "(request-target)": `post ${target}`, host: "hookseal.example", date: stamp, digest };
  const signed = list.split(" ").map((name) => `${name}: ${lines[name]}`).join("\n");
  const sig = ed25519.sign(pair, signed).toString("base64");
  const header = `keyid="1fddcec8-8dd3-4d8d-9b16-215cac0f9b52", algorithm="ed25519", signature="${sig}", headers="${list}"`;
  return { body: sent, target: to, headers: edit([json, ["Date", stamp], ["Digest", digest], ["Keygen-Signature", header]]) };
}

const keygen = {
  send: draft, secretOf: (pair) => pair.hex, header: "Keygen-Signature",
  accept: { id: "9b9b1ac2-8a3f-4d2e-9d4b-3c2c1a0f7e55", type: "license.created", covers: ["body", "id", "type", "time"] }, body: keygenBody,
  stampIsMissing: { edit: without("Date") }, cut: (v) => v.replace(/signature="[^"]*"/, `signature="AAAA"`),
};
const two = { secrets: [keygen.secretOf(ours)] };
const refuseDraft = (name, about, reject, options) => ({ name, about, ...two, ...draft(options), reject });
const account = "1fddcec8-8dd3-4d8d-9b16-215cac0f9b52";

// license is the published body; its digest is published with it.
const license = '{"data":{"id":"218810ed-2ac8-4c26-a725-a6da67500561","type":"licenses","attributes":{"name":"Demo License","key":"C1B6DE-39A6E3-DE1529-8559A0-4AF593-V3","expiry":null,"status":"ACTIVE","uses":0,"suspended":false,"scheme":null,"encrypted":false,"strict":false,"floating":false,"concurrent":false,"protected":true,"maxMachines":1,"maxProcesses":null,"maxCores":null,"maxUses":null,"requireHeartbeat":false,"requireCheckIn":false,"lastValidated":"2022-06-15T18:52:12.068Z","lastCheckIn":null,"nextCheckIn":null,"metadata":{"email":"user@example.com"},"created":"2020-09-14T21:18:08.990Z","updated":"2022-06-15T18:52:12.073Z"},"relationships":{"account":{"links":{"related":"/v1/accounts/1fddcec8-8dd3-4d8d-9b16-215cac0f9b52"},"data":{"type":"accounts","id":"1fddcec8-8dd3-4d8d-9b16-215cac0f9b52"}},"product":{"links":{"related":"/v1/accounts/1fddcec8-8dd3-4d8d-9b16-215cac0f9b52/licenses/218810ed-2ac8-4c26-a725-a6da67500561/product"},"data":{"type":"products","id":"ef6e0993-70d6-42c4-a0e8-846cb2e3fa54"}},"policy":{"links":{"related":"/v1/accounts/1fddcec8-8dd3-4d8d-9b16-215cac0f9b52/licenses/218810ed-2ac8-4c26-a725-a6da67500561/policy"},"data":{"type":"policies","id":"629307fb-331d-430b-978a-44d45d9de133"}},"group":{"links":{"related":"/v1/accounts/1fddcec8-8dd3-4d8d-9b16-215cac0f9b52/licenses/218810ed-2ac8-4c26-a725-a6da67500561/group"},"data":null},"user":{"links":{"related":"/v1/accounts/1fddcec8-8dd3-4d8d-9b16-215cac0f9b52/licenses/218810ed-2ac8-4c26-a725-a6da67500561/user"},"data":null},"machines":{"links":{"related":"/v1/accounts/1fddcec8-8dd3-4d8d-9b16-215cac0f9b52/licenses/218810ed-2ac8-4c26-a725-a6da67500561/machines"},"meta":{"cores":0,"count":1}},"tokens":{"links":{"related":"/v1/accounts/1fddcec8-8dd3-4d8d-9b16-215cac0f9b52/licenses/218810ed-2ac8-4c26-a725-a6da67500561/tokens"}},"entitlements":{"links":{"related":"/v1/accounts/1fddcec8-8dd3-4d8d-9b16-215cac0f9b52/licenses/218810ed-2ac8-4c26-a725-a6da67500561/entitlements"}}},"links":{"self":"/v1/accounts/1fddcec8-8dd3-4d8d-9b16-215cac0f9b52/licenses/218810ed-2ac8-4c26-a725-a6da67500561"}}}';

export default {
  mailchannels: [
    ...common(mailchannels),
    refuse("input-missing", "Signature-Input is absent", "signature_missing", { edit: without("Signature-Input") }),
    refuse("input-twice", "Signature-Input comes twice", "signature_ambiguous", { edit: twice("Signature-Input") }),
    refuse("input-changed", "the time is another than the one that was signed", "signature_mismatch", { edit: changed("Signature-Input", (v) => v.replace(`created=${now}`, `created=${now + 1}`)) }),
    refuse("two-signatures", "which of two signatures counts is not said", "signature_ambiguous", { edit: changed("Signature-Input", (v) => `${v}, other=("content-digest");created=${now}`) }),
    refuse("body-not-covered", "the list names no digest", "field_missing", { list: `("date");created=${now};alg="ed25519";keyid="mckey"` }),
    refuse("listed-twice", "a component is there twice", "signature_malformed", { list: `("content-digest" "content-digest");created=${now}` }),
    refuse("another-algorithm", "the signature names another algorithm", "algorithm_not_allowed", { list: `("content-digest");created=${now};alg="hmac-sha256"` }),
    refuse("unknown-parameter", "a parameter that RFC 9421 does not have", "signature_malformed", { list: `("content-digest");created=${now};x="1"` }),
    refuse("expired", "the signature says that it has expired", "timestamp_too_old", { list: `("content-digest");created=${now - 200};expires=${now - 100};keyid="mckey"` }),
    refuse("timestamp-malformed", "a time before 1970", "timestamp_malformed", { stamp: ";created=-1" }),
    refuse("digest-missing", "Content-Digest is absent", "field_missing", { edit: without("Content-Digest") }),
    refuse("digest-twice", "Content-Digest comes twice", "field_ambiguous", { edit: twice("Content-Digest") }),
    refuse("digest-of-another-algorithm", "Content-Digest states no SHA-256", "field_malformed", { digest: `sha-512=:${plain("sha512", events).toString("base64")}:` }),
  ],
  keygen: [
    {
      name: "published", about: "an answer of Keygen's API, signed as a webhook is", source: "published: github.com/keygen-sh/keygen-go, README.md",
      method: "GET", host: "api.keygen.sh", target: `/v1/accounts/${account}/me`, body: license,
      headers: [
        ["Date", "Wed, 15 Jun 2022 18:52:14 GMT"], ["Digest", "sha-256=d4uZ26hjiUNqopuSkYcYwg2aBuNtr4D1/9iDhlvf0H8="],
        ["Keygen-Signature", `keyid="${account}", algorithm="ed25519", signature="IiyYX1ah2HFzbcCx+3sv+KJpOppFdMRuZ7NWlnwZMKAf5khj9c4TO4z6fr62BqNXlyROOTxZinX8UpXHJHVyAw==", headers="(request-target) host date digest"`],
      ],
      secrets: ["e8601e48b69383ba520245fd07971e983d06d22c4257cfd82304601479cee788"], at: "2022-06-15T18:52:20Z",
      accept: { id: "218810ed-2ac8-4c26-a725-a6da67500561", covers: ["body", "id", "type", "time"] },
    },
    ...common(keygen),
    refuseDraft("target-changed", "another path was called", "signature_mismatch", { to: "/in/other" }),
    refuseDraft("digest-missing", "Digest is absent", "field_missing", { edit: without("Digest") }),
    refuseDraft("date-changed", "another date than was signed", "signature_mismatch", { edit: changed("Date", () => new Date((now + 1) * 1000).toUTCString()) }),
    refuseDraft("timestamp-malformed", "a date of another form", "timestamp_malformed", { stamp: AT }),
    refuseDraft("body-not-covered", "the list names no digest", "field_missing", { list: "(request-target) host date" }),
    refuseDraft("another-algorithm", "the signature names another algorithm", "algorithm_not_allowed", { edit: changed("Keygen-Signature", (v) => v.replace(`"ed25519"`, `"rsa-sha256"`)) }),
    refuseDraft("list-twice", "the list is there twice", "signature_malformed", { edit: changed("Keygen-Signature", (v) => `${v}, headers="date"`) }),
  ],
};
