// What the Chaindoc scenarios share.
import { hmac } from "./digest.mjs";
import { json } from "./scenario.mjs";

export const header = "X-Webhook-Signature";
export const secret = "chaindoc-webhook-secret";
export const other = "another secret";
export const sign = (key, signed) => hmac("sha256", key, signed).toString("hex");

// announced are the headers with X-Webhook-Event, quiet those without.
export const announced = (type, text) => [json, ["X-Webhook-Event", type], [header, text]];
export const quiet = (text) => [json, [header, text]];

// stringify is what the vendor's page signs. A byte order mark is dropped, as
// the body parser of the page drops it, and invalid UTF-8 is replaced.
export const stringify = (body) => JSON.stringify(JSON.parse(new TextDecoder().decode(Buffer.from(body))));

export const asRaw = (type) => ({ type, candidate: "raw", covers: ["body", "type"] });
export const asStringified = (type) => ({ type, candidate: "stringified", covers: ["body", "type"] });

// Scenarios of the stringified form carry the text that was signed, for the
// second implementation.
export const viaRaw = (name, about, body, type, more) => ({
  name, about, body, secrets: [secret], headers: quiet(sign(secret, body)), accept: asRaw(type), ...more,
});
export const viaStringify = (name, about, body, type, more) => ({
  name, about, body, secrets: [secret], headers: quiet(sign(secret, stringify(body))), accept: asStringified(type), stringified: stringify(body), ...more,
});
export const refuse = (name, about, reject, body, signed, more) => ({
  name, about, body, secrets: [secret], headers: quiet(sign(secret, signed)), reject, ...more,
});
