// Chaindoc requests that hold: the six events, the raw form, the headers.
import { announced, asRaw, asStringified, header, other, quiet, secret, sign, stringify, viaRaw, viaStringify } from "../lib/chaindoc.mjs";
import { json, sample } from "../lib/scenario.mjs";

const types = [
  "document.created", "document.verified", "document.signed",
  "signature.request.created", "signature.request.completed", "signature.request.rejected",
];

const event = (type) => {
  const body = sample("chaindoc", type);
  return viaStringify(`sample-${type.replaceAll(".", "-")}`, `a sample ${type}, formatted over several lines and signed as JSON.stringify writes it`,
    body, type, { headers: announced(type, sign(secret, stringify(body))) });
};

const created = "document.created";
const body = stringify(sample("chaindoc", created));
const formatted = sample("chaindoc", created);

export const chaindocAccepted = [
  ...types.map(event),
  viaRaw("raw-compact", "a compact body is its own JSON.stringify: the raw form matches first", body, created, { headers: announced(created, sign(secret, body)) }),
  viaRaw("raw-formatted", "a formatted body that was signed as sent", formatted, created),
  viaRaw("raw-number-text", "the raw form leaves 1.0, \\/ and \\u00e9 as they are", '{"event":"document.created","version":1.0,"path":"a\\/b","name":"\\u00e9"}', created),
  viaRaw("raw-trailing-newline", "a final newline that was signed", body + "\n", created),
  viaRaw("raw-trailing-crlf", "a final CRLF that was signed", body + "\r\n", created),
  viaRaw("raw-emoji", "characters beyond the basic plane are hashed as their UTF-8 bytes", '{"event":"document.created","name":"Bail 🏠 – Łódź"}', created),
  viaRaw("same-name-in-two-objects", "the same name in two objects is no duplicate", '{"event":"document.signed","signers":[{"email":"a@x.example"},{"email":"b@x.example"}],"owner":{"email":"c@x.example"}}', "document.signed"),
  viaRaw("event-header-absent", "X-Webhook-Event is not signed, and a request without it is accepted", body, created),
  viaRaw("event-header-first", "the order of headers has no meaning", body, created, { headers: [["X-Webhook-Event", created], [header, sign(secret, body)], json] }),
  viaRaw("unknown-event", "an event type that the page does not list is accepted as it is", '{"event":"document.archived"}', "document.archived", { headers: announced("document.archived", sign(secret, '{"event":"document.archived"}')) }),
  viaRaw("escaped-event", "the type is read as JSON: escapes are no other text", '{"\\u0065vent":"document\\u002ecreated"}', created, { headers: announced(created, sign(secret, '{"\\u0065vent":"document\\u002ecreated"}')) }),
  viaRaw("digest-in-capitals", "hex verifies in either case", body, created, { headers: quiet(sign(secret, body).toUpperCase()) }),
  viaRaw("non-ascii-secret", "the key is the UTF-8 of the secret", body, created, { secrets: ["clé-à-part-🔏"], headers: quiet(sign("clé-à-part-🔏", body)) }),
  viaRaw("first-of-two-secrets", "two secrets, and the first one signed", body, created, { secrets: [secret, other], accept: { ...asRaw(created), secret: 0 } }),
  viaRaw("second-of-two-secrets", "two secrets, and the second one signed", body, created, { secrets: [other, secret], accept: { ...asRaw(created), secret: 1 } }),
  viaStringify("second-of-two-secrets-stringified", "every form is tried under every secret", formatted, created, { secrets: [other, secret], accept: { ...asStringified(created), secret: 1 } }),
];
