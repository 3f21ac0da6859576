// HMACs that stand in a field of the query or of the body.
import { hmac, plain } from "../lib/digest.mjs";
import { family } from "../lib/family.mjs";


// placed yields a family whose signature is no header: put gives the scenario with
// the signatures, which are several where the same field is there twice.
const field = "the signature";
function placed(description, put, more = () => []) {
  const { [description.id]: made } = family({ ...description, header: field });
  const scenarios = made.map((s) => put({ ...s, headers: s.headers.filter(([name]) => name !== field) }, s.headers.filter(([name]) => name === field).map(([, text]) => text)));
  return { [description.id]: [...more(scenarios[0]), ...scenarios] };
}

const inQuery = (name) => (s, sigs) => ({
  ...s, target: [s.target, ...sigs.map((sig) => `${name}=${encodeURIComponent(sig)}`)].reduce((a, b) => a + (a.includes("?") ? "&" : "?") + b),
});

const pandadoc = placed({ id: "pandadoc", body: '[{"event":"document_state_changed","data":{"id":"d-1"}}]' }, inQuery("signature"));

// The query of an app proxy, of which no field is covered by itself.
const proxied = "shop=s.myshopify.com&logged_in_customer_id=&path_prefix=%2Fapps%2Fa&ids=1&ids=2&timestamp=1767323045";
const canonical = (query) => {
  const fields = {};
  for (const [name, value] of new URLSearchParams(query)) fields[name] = name in fields ? `${fields[name]},${value}` : value;
  return Object.keys(fields).sort().map((name) => `${name}=${fields[name]}`).join("");
};
const proxyTarget = "/in/shopify-app-proxy";
const proxy = placed({
  id: "shopify-app-proxy", method: "GET", target: `${proxyTarget}?${proxied}`, body: "", contentType: "", secrets: ["hush", "old hush", "nobody's"],
  message: ({ target }) => canonical(target.split("?")[1]),
  // What is left of a body that nobody signed and that a GET does not have.
  skip: ["body-changed"],
}, inQuery("signature"), (sample) => {
  const changed = (name, about, from, to, verdict = { accept: undefined, reject: "signature_mismatch" }) => ({ ...sample, name, about, target: sample.target.replace(from, to), ...verdict });
  return [
    changed("shop-changed", "another shop breaks the signature", "s.myshopify", "t.myshopify"),
    changed("time-changed", "another time breaks the signature", "1767323045", "1767323046"),
    changed("field-added", "a field more breaks the signature", "shop=", "a=1&shop="),
    changed("field-removed", "a field less breaks the signature", "ids=2&", ""),
    changed("another-order", "the fields are signed in the order of their names, in whatever order they come", `shop=s.myshopify.com&logged_in_customer_id=`, "logged_in_customer_id=&shop=s.myshopify.com", {}),
    {
      ...sample, name: "parted-anew", about: "nothing stands between one field and the next: other fields, the same signature",
      target: sample.target.replace("shop=s.myshopify.com&", "").replace("%2Fapps%2Fa&", "%2Fapps%2Fashop%3Ds.myshopify.com&"),
    },
  ];
});

// A form of Braintree: the payload is signed, and nothing else of the body.
const asForm = (s, sigs) => ({ ...s, body: new URLSearchParams([...sigs.map((sig) => ["bt_signature", sig]), ["bt_payload", s.body]]).toString() });
const payload = Buffer.from("<notification><kind>check</kind><timestamp>2026-01-02T03:04:05Z</timestamp></notification>").toString("base64");
const privateKeys = ["integration_private_key", "another_private_key", "nobody_s_private_key"];
const underKey = (key, message) => hmac("sha1", plain("sha1", key), message).toString("hex");
const braintree = placed({
  id: "braintree", algorithm: "sha1", contentType: "application/x-www-form-urlencoded", body: payload, secrets: privateKeys, key: (secret) => plain("sha1", secret),
  write: ({ sig }) => `integration_public_key|${sig}`, candidate: "payload", covers: [], raw: false, skip: ["emoji-and-escapes", "trailing-crlf"],
}, asForm, (sample) => {
  const form = (name, about, sig, text, verdict) => ({ ...asForm({ ...sample, body: text }, [sig]), name, about, ...verdict });
  const refused = (reject) => ({ accept: undefined, reject });
  const right = `integration_public_key|${underKey(privateKeys[0], payload)}`;
  const asked = "20f9f8ed05f77439fe955c977e4c8a53";
  const challenge = (name, about, query, verdict) => ({
    name, about, method: "GET", target: `/in/braintree?${query}`, headers: [], body: "", secrets: [privateKeys[0]], settings: { public_key: "integration_public_key" }, ...verdict,
  });
  return [
    form("with-newline", "the payload is signed with the newline that base64 ends with, or without", `p|${underKey(privateKeys[0], payload + "\n")}`, payload, { accept: { candidate: "with-newline", covers: [] } }),
    form("second-of-two-keys", "a signature for each key of the merchant, of which one that matches is enough", `other_public_key|${"0".repeat(40)}&${right}`, payload, {}),
    form("neither-of-two-keys", "of two signatures neither matches", `a|${"0".repeat(40)}&b|${"0".repeat(40)}`, payload, refused("signature_mismatch")),
    form("without-public-key", "a signature without the public key before it is refused", right.split("|")[1], payload, refused("signature_malformed")),
    form("challenge-answer-as-event", "what was signed as the answer to a challenge is no event", `p|${underKey(privateKeys[0], asked)}`, asked, refused("condition_failed")),
    { ...sample, name: "payload-missing", about: "the payload is signed: a form without it is refused", body: new URLSearchParams([["bt_signature", right]]).toString(), ...refused("field_missing") },
    challenge("challenge", "the pair of the vendor's tests: a challenge is answered with its HMAC", `bt_challenge=${asked}`, {
      source: "published: github.com/braintree/braintree_node, test/unit/braintree/webhook_notification_gateway_spec.js",
      challenge: { reply: { status: 200, type: "text/plain; charset=utf-8", body: "integration_public_key|d9b899556c966b3f06945ec21311865d35df3ce4" } },
    }),
    challenge("challenge-not-hex", "a challenge is hex, and nothing else is signed for whoever asks", "bt_challenge=goog%3Cscript%3Ealert%281%29", { reject: "field_malformed" }),
    challenge("challenge-too-long", "a challenge has 20 to 32 digits", `bt_challenge=${asked}00`, { reject: "field_malformed" }),
  ];
});

// The form field json of Dropbox Sign, in multipart/form-data.
const boundary = "hookseal-boundary";
const part = (text) => `--${boundary}\r\nContent-Disposition: form-data; name="json"\r\n\r\n${text}\r\n`;
const withHash = (text, hash) => text.replace('"event_hash":null', `"event_hash":${JSON.stringify(hash)}`);
const inForm = (s, sigs) => ({
  ...s, body: (sigs.length > 0 ? sigs.map((sig) => part(withHash(s.body, sig))) : [part(s.body.replace('"event_hash":null,', ""))]).join("") + `--${boundary}--\r\n`,
});
const apiKey = "324e3b0840f065eb51f3fd63231d0d33daa35d4ed10d27718839e81737065782";
const callback = (type, hash, metadata = '"related_signature_id": "ad4d8a769b555fa5ef38691465d426682bf2c992", "reported_for_account_id": "63522885f9261e2b04eea043933ee7313eb674fd"') =>
  `{"account_guid": "63522885f9261e2b04eea043933ee7313eb674fd", "event": {"event_time": "1348177752", "event_type": "${type}", "event_hash": "${hash}", "event_metadata": {${metadata}}}}`;
const multipart = ["Content-Type", `multipart/form-data; boundary=${boundary}`];
const publishedHash = (type, hash) => ({
  name: `published-${type.replaceAll("_", "-")}`, about: "a callback that the vendor publishes", source: "published: github.com/hellosign/dropbox-sign-node, test_fixtures/EventCallbackHelper_AccountCallbacks.json",
  headers: [multipart], body: part(callback(type, hash)) + `--${boundary}--\r\n`, secrets: [apiKey], accept: { type, covers: [] },
});
const sign = placed({
  id: "dropbox-sign", contentType: multipart[1], body: '{"event":{"event_time":"1767323045","event_type":"signature_request_sent","event_hash":null,"event_metadata":{}}}',
  // The hash is a member of the form field: without the one the other cannot be read.
  reasons: { "signature-missing": "signature_malformed" },
  type: () => "signature_request_sent", message: ({ json }) => json.event.event_time + json.event.event_type,
}, inForm, (sample) => {
  const changed = (name, about, from, to, reject) => ({ ...sample, name, about, body: sample.body.replace(from, to), accept: undefined, reject });
  return [
    publishedHash("unknown_error", "c574f5d3090c2936360b4e36cf6835cf3e2206b84fdc6347e6b28ca721ae1371"),
    publishedHash("account_confirmed", "6dc5b7aad93cf54915e0089d6c31d61b3833f66f51459171c69f8fa211308848"),
    publishedHash("signature_request_sent", "08d45a6b7677492b78be030cef18cfeaece8fe67e163cc8e526ee638ad483756"),
    publishedHash("template_created", "4a9b22fa68d5addb8b6313eea9d42ecb393903a4240b71503ef78e9dac6c100d"),
    changed("type-changed", "another type breaks the hash", '"signature_request_sent"', '"signature_request_all_signed"', "signature_mismatch"),
    changed("time-changed", "another time breaks the hash", "1767323045", "1767323046", "signature_mismatch"),
    changed("time-missing", "the time is hashed: an event without it is refused", '"event_time":"1767323045",', "", "field_malformed"),
    changed("not-json", "a field that is no JSON holds no hash", '{"event"', '"event"', "signature_malformed"),
    { ...sample, name: "not-multipart", about: "JSON that is no form has no field", headers: [["Content-Type", "application/json"]], accept: undefined, reject: "signature_missing" },
  ];
});

export default { ...pandadoc, ...proxy, ...braintree, ...sign };
