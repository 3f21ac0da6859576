// HMACs of more than a time and the body, or of less: the URL, other headers, a digest, members.
import { createHash } from "node:crypto";
import { hmac } from "../lib/digest.mjs";
import { family } from "../lib/family.mjs";
import { AT } from "../lib/scenario.mjs";

const text = (...parts) => Buffer.concat(parts.map((p) => Buffer.from(p)));
const json = ["Content-Type", "application/json"];
const now = String(Date.parse(AT));
const sha = (algorithm, message) => createHash(algorithm).update(message).digest();

// signed is a scenario under one secret that signs a message in hex.
const signed = (secret, message, header, write = (sig) => sig) => [header, write(hmac("sha256", secret, message).toString("hex"))];

// HubSpot's page lists what is decoded in the URL before it is signed.
const hubspotEscapes = { "%3A": ":", "%2F": "/", "%3F": "?", "%40": "@", "%21": "!", "%24": "$", "%27": "'", "%28": "(", "%29": ")", "%2A": "*", "%2C": ",", "%3B": ";" };
const hubspotURL = (url) => url.replace(/%[0-9A-F]{2}/g, (escape) => hubspotEscapes[escape] ?? escape);

const mercado = ({ target, header, stamp }) => {
  const id = new URL(target, "https://hookseal.example").searchParams.get("data.id");
  return `id:${id};request-id:${header("X-Request-Id")};ts:${stamp};`;
};
const asMercado = (more) => ({ type: "payment", id: "123", covers: ["time"], ...more });
const mercadoBody = `{"id":123,"type":"payment","action":"payment.updated","data":{"id":"ABC7"}}`;
const mercadoEvent = (name, about, target, headers, manifest, more, ts = now.slice(0, -3)) => ({
  name, about, target, headers: [json, ...headers, signed("mp", manifest, "X-Signature", (sig) => `ts=${ts},v1=${sig}`)], body: mercadoBody, secrets: ["mp"], ...more,
});

const boxBody = `{"type":"webhook_event","id":"f82c","trigger":"FILE.UPLOADED"}`;
const boxSigned = (secret, header) => [header, hmac("sha256", secret, boxBody + AT).toString("base64")];
const boxSample = (name, about, body, primary) => ({
  name, about, source: "published: npm box-node-sdk, src/test/webhooks.test.ts",
  headers: [json, ["box-signature-primary", primary], ["box-signature-secondary", "v+1CD1Jdo3muIcbpv5lxxgPglOqMfsNHPV899xWYydo="], ["box-delivery-timestamp", "2020-01-01T00:00:00-07:00"]],
  body, secrets: ["SamplePrimaryKey"], at: "2020-01-01T07:00:00Z", accept: { type: "FILE.UPLOADED", covers: ["body", "id", "type", "time"] },
});

// A body that is written anew before it is signed has no final newline.
const rewritten = ["body-final-newline-added"];
const crispBody = `{"event": "message:send", "data": {"n": 1.0}}`;
const workosBody = `{"id": "event_1", "event": "user.created", "data": {"n": 1.0}}`;

// contentful signs the headers that it lists, and the list and the time with them.
const contentfulHeaders = [
  ["X-Contentful-Topic", "ContentManagement.Entry.publish"],
  ["X-Contentful-Signed-Headers", "x-contentful-signed-headers,x-contentful-timestamp,x-contentful-topic"],
];
const contentful = ({ method, target, header, stamp, body }) => {
  const value = (name) => (name === "x-contentful-timestamp" ? stamp : header(name));
  return text(`${method}\n${target}\n`, header("x-contentful-signed-headers").split(",").map((name) => `${name}:${value(name)}`).join(";"), "\n", body);
};

const messagebird = ({ target, stamp, body }) => {
  const query = new URL(target, "https://hookseal.example").searchParams;
  query.sort();
  return text(`${stamp}\n${query}\n`, sha("sha256", body));
};
const messagebirdPair = (name, about, target, body, secret, sig) => ({
  name, about, source: "published: github.com/messagebird/go-rest-api, signature/signature_test.go", host: "example.com", target,
  headers: [json, ["MessageBird-Signature", sig], ["MessageBird-Request-Timestamp", "1544544948"]], body, secrets: [secret], at: "2018-12-11T16:15:48Z", accept: { covers: ["body", "time"] },
});

export default {
  ...family({
    id: "mercado-pago", header: "X-Signature", target: "/in/mercado-pago?data.id=123456&type=payment", headers: [["X-Request-Id", "r-1"]], stamp: { member: "ts", unit: "s", tolerance: null },
    message: mercado, write: ({ sig, stamp }) => `ts=${stamp},v1=${sig}`, body: mercadoBody, candidate: "as-sent", type: "json.type", eventId: "json.id", covers: ["time"],
    // What is absent is left out of the message, so that it breaks the signature and is not missed.
    reasons: { "x-request-id-missing": "signature_mismatch" },
  }, [
    mercadoEvent("id-in-lower-case", "an id with letters that was signed in lower case", "/in/mercado-pago?data.id=ABC7", [["X-Request-Id", "r-1"]], "id:abc7;request-id:r-1;ts:1767323045;", { accept: asMercado({ candidate: "lower-case" }) }),
    mercadoEvent("id-as-sent", "an id with letters that was signed as it came", "/in/mercado-pago?data.id=ABC7", [["X-Request-Id", "r-1"]], "id:ABC7;request-id:r-1;ts:1767323045;", { accept: asMercado({ candidate: "as-sent" }) }),
    mercadoEvent("without-id-and-request", "both parts are left out where they are absent", "/in/mercado-pago", [], "ts:1767323045;", { accept: asMercado({ candidate: "as-sent" }) }),
    mercadoEvent("time-in-milliseconds", "the time of a notification can be in milliseconds", "/in/mercado-pago", [], `ts:${now};`, { settings: { tolerance: "5m" }, accept: asMercado({ candidate: "as-sent" }) }, now),
    mercadoEvent("another-id", "another id breaks the signature", "/in/mercado-pago?data.id=ABC8", [["X-Request-Id", "r-1"]], "id:ABC7;request-id:r-1;ts:1767323045;", { reject: "signature_mismatch" }),
    mercadoEvent("id-twice", "an id that is given twice is neither", "/in/mercado-pago?data.id=ABC7&data.id=ABC8", [["X-Request-Id", "r-1"]], "id:ABC7;request-id:r-1;ts:1767323045;", { reject: "field_ambiguous" }),
  ]),
  ...family({
    id: "box", header: "BOX-SIGNATURE-PRIMARY", encoding: "base64", stamp: { header: "BOX-DELIVERY-TIMESTAMP", unit: "rfc3339", tolerance: 600 }, message: ({ stamp, body }) => text(body, stamp),
    headers: [["BOX-DELIVERY-ID", "d-1"], ["BOX-SIGNATURE-VERSION", "1"], ["BOX-SIGNATURE-ALGORITHM", "HmacSHA256"]], body: `{"type":"webhook_event","id":"f82c","trigger":"FILE.UPLOADED"}`, type: "json.trigger", eventId: "json.id",
    // The primary and the secondary header may both be there.
    skip: ["signature-twice"],
  }, [
    { name: "secondary-alone-right", about: "while a key is replaced the secondary signature is that of the other key", body: boxBody, secrets: ["box"], accept: { type: "FILE.UPLOADED", id: "f82c", covers: ["body", "id", "type", "time"] },
      headers: [json, ["BOX-DELIVERY-TIMESTAMP", AT], boxSigned("another", "BOX-SIGNATURE-PRIMARY"), boxSigned("box", "BOX-SIGNATURE-SECONDARY")] },
    boxSample("published-plain", "a pair of the tests of Box's library", `{"type":"webhook_event","webhook":{"id":"1234567890"},"trigger":"FILE.UPLOADED","source":{"id":"1234567890","type":"file","name":"Test.txt"}}`, "6TfeAW3A1PASkgboxxA5yqHNKOwFyMWuEXny/FPD5hI="),
    boxSample("published-carriage-return", "an escaped carriage return stays as it was sent", `{"webhook":{"id":"1234567890"},"trigger":"FILE.UPLOADED","source":{"id":"1234567890","type":"file","name":"test \\r"}}`, "SVkbKgy3dEEf2PbbzpNu2lDZS7zZ/aboU7HOZgBGrJk="),
    boxSample("published-forward-slash", "an escaped slash stays as it was sent", `{"webhook":{"id":"1234567890"},"trigger":"FILE.UPLOADED","source":{"id":"1234567890","type":"file","name":"\\/"}}`, "t41PWT5ZB6OcysnD6SDy9Ud+p9hdXxIdXqcdweyZv/Q="),
    boxSample("published-backslash", "an escaped backslash stays as it was sent", `{"webhook":{"id":"1234567890"},"trigger":"FILE.UPLOADED","source":{"id":"1234567890","type":"file","name":"\\\\"}}`, "ERpMZwUQsGDTfj82ehdX6VvDZfvOhK5ULNfVmwVAGe0="),
  ]),
  ...family({
    id: "contentful", header: "X-Contentful-Signature", message: contentful, headers: contentfulHeaders, stamp: { header: "X-Contentful-Timestamp", unit: "ms", tolerance: 30 },
    body: `{"sys":{"type":"Entry","id":"e1"}}`, type: "header.X-Contentful-Topic", covers: ["body", "time"],
    // Another list names a header that is not there.
    reasons: { "x-contentful-signed-headers-changed": "field_missing" },
  }, [{
    name: "time-not-listed", about: "a list without the time would leave it unsigned", body: "{}", secrets: ["contentful"], reject: "field_missing",
    headers: [json, ["X-Contentful-Topic", "a"], ["X-Contentful-Timestamp", now], ["X-Contentful-Signed-Headers", "x-contentful-topic"], signed("contentful", "POST\n/in/contentful\nx-contentful-topic:a\n{}", "X-Contentful-Signature")],
  }]),
  ...family({
    id: "crisp", header: "X-Crisp-Signature", headers: [["X-Crisp-Request-Timestamp", now]], message: ({ header, body }) => text("[", header("X-Crisp-Request-Timestamp"), ";", body, "]"),
    body: `{"event":"message:send","data":{}}`, candidate: "raw", type: "json.event", skip: rewritten,
  }, [{
    name: "stringified", about: "the body as JSON.stringify writes it was signed", headers: [json, ["X-Crisp-Request-Timestamp", now], signed("crisp", `[${now};${JSON.stringify(JSON.parse(crispBody))}]`, "X-Crisp-Signature")],
    body: crispBody, secrets: ["crisp"], accept: { type: "message:send", candidate: "stringified", covers: ["body", "type"] }, stringified: JSON.stringify(JSON.parse(crispBody)),
  }]),
  ...family({
    id: "workos", header: "WorkOS-Signature", stamp: { member: "t", unit: "ms", tolerance: 180 }, message: ({ stamp, body }) => text(stamp, ".", body), write: ({ sig, stamp }) => `t=${stamp}, v1=${sig}`,
    body: `{"id":"event_1","event":"user.created","data":{}}`, candidate: "raw", type: "json.event", eventId: "json.id",
    // Without its first member the header would begin with white space, which HTTP takes off.
    skip: [...rewritten, "timestamp-missing"],
  }, [{
    name: "without-time", about: "the time is signed: a header without it is refused", headers: [json, signed("workos", `${now}.${workosBody}`, "WorkOS-Signature", (sig) => `v1=${sig}`)], body: workosBody, secrets: ["workos"], reject: "timestamp_missing",
  }, {
    name: "stringified", about: "the body as JSON.stringify writes it was signed", headers: [json, signed("workos", `${now}.${JSON.stringify(JSON.parse(workosBody))}`, "WorkOS-Signature", (sig) => `t=${now}, v1=${sig}`)],
    body: workosBody, secrets: ["workos"], accept: { type: "user.created", id: "event_1", candidate: "stringified", covers: ["body", "id", "type", "time"] }, stringified: JSON.stringify(JSON.parse(workosBody)),
  }]),
  ...family({
    id: "hubspot-v3", header: "X-HubSpot-Signature-v3", encoding: "base64", target: "/in/hubspot-v3?next=%2Fcrm%3Fa%40b", stamp: { header: "X-HubSpot-Request-Timestamp", unit: "ms", tolerance: 300 },
    message: ({ method, url, body, stamp }) => text(method, hubspotURL(url), body, stamp), body: `[{"eventId":1,"subscriptionType":"contact.creation"}]`,
  }),
  ...family({
    id: "upayments", header: "X-Signature", encoding: "base64", target: "/in/upayments?order=7", stamp: { header: "X-Timestamp", unit: "s", tolerance: null }, message: ({ stamp, method, url, body }) => text(stamp, method, url, body),
  }),
  ...family({
    id: "kie-ai", header: "X-Webhook-Signature", encoding: "base64", stamp: { header: "X-Webhook-Timestamp", unit: "s", tolerance: null }, body: `{"code":200,"data":{"task_id":"ee9c2715"},"msg":"ok"}`,
    message: ({ json, stamp }) => `${json.data.task_id}.${stamp}`, covers: ["time"],
  }),
  ...family({
    id: "d4sign", header: "Content-Hmac", prefix: "sha256=", contentType: "application/x-www-form-urlencoded", body: "uuid=d7f0-11&type_post=1", type: "form.type_post", covers: [],
    message: ({ body }) => new URLSearchParams(body.toString("utf8")).get("uuid"),
  }, [
    {
      name: "multipart", about: "the form in parts, as D4Sign sends it", headers: [["Content-Type", "multipart/form-data; boundary=b"], signed("d4", "d7f0-11", "Content-Hmac", (sig) => `sha256=${sig}`)],
      body: ["uuid", "type_post"].map((name, i) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${["d7f0-11", "4"][i]}\r\n`).join("") + "--b--\r\n", secrets: ["d4"], accept: { type: "4", covers: [] },
    },
    { name: "another-document", about: "another UUID breaks the signature", headers: [["Content-Type", "application/x-www-form-urlencoded"], signed("d4", "d7f0-11", "Content-Hmac", (sig) => `sha256=${sig}`)], body: "uuid=d7f0-12&type_post=1", secrets: ["d4"], reject: "signature_mismatch" },
  ]),
  ...family({
    id: "messagebird-v1", header: "MessageBird-Signature", encoding: "base64", target: "/in/messagebird-v1?z=last&a=b%20c", stamp: { header: "MessageBird-Request-Timestamp", unit: "s", tolerance: 100 }, message: messagebird,
  }, [
    messagebirdPair("published-all", "a pair of the tests of MessageBird's library for Go", "/?abc=foo&def=bar", `{"a key":"some value"}`, "other-secret", "orb0adPhRCYND1WCAvPBr+qjm4STGtyvNDIDNBZ4Ir4="),
    messagebirdPair("published-empty-query", "without a query its line is empty", "/", `{"a key":"some value"}`, "secret", "p2e20OtAg39DEmz1ORHpjQ556U4o1ZaH4NWbM9Q8Qjk="),
    messagebirdPair("published-empty-body", "without a body its digest is that of nothing", "/?abc=foo&def=bar", "", "secret", "Tfn+nRUBsn6lQgf6IpxBMS1j9lm7XsGjt5xh47M3jCk="),
  ]),
  ...family({
    id: "plivo-v2", header: "X-Plivo-Signature-V2", encoding: "base64", contentType: "application/x-www-form-urlencoded", target: "/in/plivo-v2?leg=a", headers: [["X-Plivo-Signature-V2-Nonce", "12345678"]],
    body: "CallUUID=c-1&From=%2B4412345", message: ({ url, header }) => url.split("?")[0] + header("X-Plivo-Signature-V2-Nonce"),
  }),
  ...family({
    id: "integrated-finance", kind: "ed25519", header: "X-Webhook-Signature", encoding: "base64", stamp: { header: "X-Webhook-Request-Timestamp", unit: "rfc3339", tolerance: null },
    headers: [["X-Webhook-Event-Id", "e-1"], ["X-Webhook-Event-Timestamp", "2026-01-02T03:04:00Z"], ["X-Webhook-Request-Id", "r-1"], ["X-Webhook-Key-Version", "1"]],
    message: ({ body, header, stamp }) => [sha("sha512", body).toString("base64"), header("X-Webhook-Event-Id"), header("X-Webhook-Event-Timestamp"), header("X-Webhook-Request-Id"), stamp, header("X-Webhook-Key-Version")].join("|"),
    eventId: "header.X-Webhook-Event-Id",
  }),
};
