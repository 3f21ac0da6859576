// Schemes with a challenge, of which most are known from somebody else's account.
import { hmac } from "../lib/digest.mjs";
import { family } from "../lib/family.mjs";
import { whsec } from "../lib/signers.mjs";

const json = ["Content-Type", "application/json"];
const form = ["Content-Type", "application/x-www-form-urlencoded"];
const text = (...parts) => Buffer.concat(parts.map((p) => Buffer.from(p)));
const plainText = (body) => ({ status: 200, type: "text/plain; charset=utf-8", body });
const object = (value) => ({ status: 200, type: "application/json", body: JSON.stringify(value) });

// answered is a challenge that proves nothing, and refused one that is not answered.
const answered = (name, about, request, reply, more = {}) => ({ name, about, headers: [], body: "", secrets: ["s"], ...request, challenge: { secret: null, reply }, ...more });
// signed is a challenge that is answered with a secret.
const signed = (name, about, request, reply, secret, more = {}) => answered(name, about, request, reply, { secrets: [secret], challenge: { reply }, ...more });
const refused = (name, about, request, reject, more = {}) => ({ name, about, headers: [], body: "", secrets: ["s"], ...request, reject, ...more });
const get = (id, query) => ({ method: "GET", target: `/in/${id}?${query}` });

// echoes are the challenges that are given back as they came.
const echoes = (id, name, value) => [
  answered("challenge", "a challenge by GET is given back as plain text", get(id, `${name}=${value}`), plainText(value)),
  refused("challenge-with-markup", "a challenge is no page that another site could have shown", get(id, `${name}=%3Cscript%3E`), "field_malformed"),
  refused("challenge-twice", "two challenges are refused", get(id, `${name}=a&${name}=b`), "field_ambiguous"),
  refused("challenge-missing", "a GET without a challenge is none", get(id, "a=b"), "signature_missing"),
];

const hexSecrets = ["0a", "1b", "2c"].map((pairOf) => pairOf.repeat(64));
const onfleet = family({ id: "onfleet", header: "X-Onfleet-Signature", algorithm: "sha512", secrets: hexSecrets, key: (secret) => Buffer.from(secret, "hex") }, echoes("onfleet", "check", "5a5d3c2e"));
const nylas = family({ id: "nylas", header: "X-Nylas-Signature" }, echoes("nylas", "challenge", "bc609b38-c81f-47fb-a275-0c0c0fa8c6e2"));

const woocommerce = family({
  id: "woocommerce", header: "X-WC-Webhook-Signature", encoding: "base64", headers: [["X-WC-Webhook-Topic", "order.created"], ["X-WC-Webhook-Delivery-ID", "d-1"]],
  type: "header.X-WC-Webhook-Topic", eventId: "header.X-WC-Webhook-Delivery-ID",
}, [
  answered("ping", "the number of a webhook that is saved comes as a form without a signature, and wants a 200", { headers: [form], body: "webhook_id=7" }, { status: 200, type: "", body: "" }),
  refused("form-without-number", "another form without a signature is refused", { headers: [form], body: "a=b" }, "signature_missing"),
  refused("number-in-json", "the number in JSON is no ping", { headers: [json], body: '{"webhook_id":7}' }, "signature_missing"),
]);

const code = "890e4665-4dfe-4ab1-b689-ed553bceeed0";
const client = "linkedin client secret";
const linkedin = family({ id: "linkedin", header: "X-LI-Signature", message: ({ body }) => text("hmacsha256=", body) }, [
  signed("challenge", "a challenge by GET is answered with its HMAC", get("linkedin", `challengeCode=${code}`), object({ challengeCode: code, challengeResponse: hmac("sha256", client, code).toString("hex") }), client),
  refused("challenge-is-an-event", "what is signed for whoever asks is no text that an event could have", get("linkedin", "challengeCode=hmacsha256%3D%7B%7D"), "field_malformed"),
  refused("challenge-of-another-length", "a challenge is a UUID", get("linkedin", "challengeCode=abc"), "field_malformed"),
  refused("challenge-without-secret", "without a secret a challenge cannot be answered", get("linkedin", `challengeCode=${code}`), "no_secret", { secrets: [] }),
  {
    name: "signed-without-literal", about: "the body alone is not what is signed", headers: [json, ["X-LI-Signature", hmac("sha256", client, "{}").toString("hex")]], body: "{}",
    secrets: [client], reject: "signature_mismatch",
  },
]);

const consumer = "z3ZX4v7mAAUGykl3EcmkqbartmuW8VFOOzCloLx9Q45P0hLrFu";
const crc = "9b4507b3-9040-4669-9ca3-6b94edb50553";
const x = family({ id: "x-twitter", header: "x-twitter-webhooks-signature", prefix: "sha256=", encoding: "base64" }, [
  signed("published", "the pair of X's documentation: a challenge by GET is answered with its HMAC", get("x-twitter", `crc_token=${crc}`),
    object({ response_token: "sha256=Cytd4Sq+NvEcV3MMrXxWJGJx5A+y/lXzzU2Maartkx8=" }), consumer, { source: "published: developer.x.com, securing webhooks" }),
  signed("challenge-with-nonce", "what else is in the query has no part in the answer", get("x-twitter", `crc_token=${crc}&nonce=1`),
    object({ response_token: "sha256=" + hmac("sha256", consumer, crc).toString("base64") }), consumer),
  refused("challenge-is-an-event", "what is signed for whoever asks is no text that an event could have", get("x-twitter", "crc_token=%7B%7D"), "field_malformed"),
  refused("challenge-without-secret", "without a secret a challenge cannot be answered", get("x-twitter", `crc_token=${crc}`), "no_secret", { secrets: [] }),
]);

const handed = "b537207f20cbfa02357cf448134da559";
const asana = family({ id: "asana", header: "X-Hook-Signature", body: '{"events":[]}' }, [
  answered("handshake", "the secret that is handed out is given back, and kept where there is none", { headers: [json, ["X-Hook-Secret", handed]], body: "{}", secrets: [] },
    { status: 200, headers: { "X-Hook-Secret": handed }, keep: handed }),
  answered("handshake-again", "the secret that is kept may come again", { headers: [json, ["X-Hook-Secret", handed]], body: "{}", secrets: [handed] }, { status: 200, headers: { "X-Hook-Secret": handed } }),
  refused("another-secret", "the secret that is kept is not replaced by one that a request hands out", { headers: [json, ["X-Hook-Secret", handed.replace("b", "c")]], body: "{}", secrets: [handed] }, "condition_failed"),
  refused("secret-too-short", "what is handed out must be a secret", { headers: [json, ["X-Hook-Secret", "abc"]], body: "{}", secrets: [] }, "field_malformed"),
]);

const challenge = "03f2a1c4-5d6e-4f70-8a9b-0c1d2e3f4a5b";
const asks = `{"challenge":"${challenge}","webhookId":4503604829677444}`;
const shared = "216ejjzfnd7rc";
const response = { status: 200, headers: { "Smartsheet-Hook-Response": challenge } };
const smartsheet = family({ id: "smartsheet", header: "Smartsheet-Hmac-SHA256", body: '{"nonce":"n","webhookId":4503604829677444,"events":[{"objectType":"row","eventType":"created","id":1}]}' }, [
  answered("challenge", "a challenge is given back in a header", { headers: [json, ["Smartsheet-Hook-Challenge", challenge]], body: asks }, response),
  {
    name: "challenge-signed", about: "a signed challenge is answered in the same way", headers: [json, ["Smartsheet-Hook-Challenge", challenge], ["Smartsheet-Hmac-SHA256", hmac("sha256", shared, asks).toString("hex")]],
    body: asks, secrets: [shared], challenge: { covers: ["body"], reply: response },
  },
  refused("challenge-with-line-break", "a challenge is one line of harmless letters", { headers: [json, ["Smartsheet-Hook-Challenge", "a<b>"]], body: asks }, "field_malformed"),
]);

const parallel = family({
  id: "parallel", header: "webhook-signature", prefix: "v1,", encoding: "base64", secrets: [whsec("parallel one"), whsec("parallel two"), whsec("parallel three")],
  key: (secret) => Buffer.from(secret.slice(6), "base64"), headers: [["webhook-id", "whevent_1"]], stamp: { header: "webhook-timestamp", unit: "s", tolerance: 300 },
  body: '{"type":"task_run.status","timestamp":"2026-01-02T03:04:05Z","data":{}}', message: ({ body, header, stamp }) => text(`${header("webhook-id")}.${stamp}.`, body),
  type: "json.type", eventId: "header.webhook-id",
});

export default { ...onfleet, ...nylas, ...woocommerce, ...linkedin, ...x, ...asana, ...smartsheet, ...parallel };
