// What the Standard Webhooks scenarios share.
import { hmac } from "./digest.mjs";
import { AT, json, unix } from "./scenario.mjs";

export const id = "msg_2x8KqPzTfW4vLr0dYc6NbEaJ1oG";
export const now = unix(AT);
export const secret = "whsec_aG9va3NlYWwgdGVzdCBrZXkgKzEvMg==";
export const previous = "whsec_/+7dzLuqmYh3ZlVEMyIRAP/u3cy7qpmI";
export const body = '{"type":"contact.created","timestamp":"2026-01-02T03:04:05Z","data":{"id":"c_1"}}';

const key = (text) => Buffer.from(text.replace(/^whsec_/, ""), "base64");

// mac is over the verbatim text of the two headers and the body.
export const mac = (signedBody, { stamp = now, with: text = secret, message = id, algorithm = "sha256" } = {}) =>
  hmac(algorithm, key(text), Buffer.concat([Buffer.from(`${message}.${stamp}.`), Buffer.from(signedBody)]));
export const sign = (signedBody, more) => "v1," + mac(signedBody, more).toString("base64");

export const send = (signature, stamp = now, message = id) => [
  json, ["webhook-id", message], ["webhook-timestamp", String(stamp)], ["webhook-signature", signature],
];

export const typed = { type: "contact.created", id, covers: ["body", "id", "type", "time"] };
// untyped is for a body without a readable type: the place is covered, and
// nothing stands there.
export const untyped = { id, covers: typed.covers };

export const good = (name, about, more = {}) => ({
  name, about, body, secrets: [secret], headers: send(sign(more.body ?? body)), accept: typed, ...more,
});
export const bad = (name, about, reject, more = {}) => ({
  name, about, body, secrets: [secret], headers: send(sign(more.body ?? body)), ...more, reject,
});
