// Chaindoc requests that are refused.
import { announced, header, other, quiet, refuse, secret, sign, stringify } from "../lib/chaindoc.mjs";
import { hmac } from "../lib/digest.mjs";
import { hexShape, missingAndRepeated, wrongBody, wrongKey } from "../lib/refusals.mjs";
import { json, sample } from "../lib/scenario.mjs";

const created = "document.created";
const body = stringify(sample("chaindoc", created));
const scheme = {
  header, prefix: "", body, secret, send: quiet, other: "sha512",
  digest: (key, signed, algorithm = "sha256") => hmac(algorithm, key, signed),
  write: (digest) => digest.toString("hex"),
};

// An added final newline goes in the stringified form and is accepted there.
const bodies = wrongBody(scheme).filter(({ name }) => name !== "body-final-newline-added");

const same = (name, about, reject, text, more) => refuse(name, about, reject, text, text, more);
const again = (name, about, reject, text) => refuse(name, about, reject, text, stringify(text), { stringified: stringify(text) });
const foreign = (name, about, signed) => refuse(name, about, "signature_mismatch", sample("chaindoc", created), signed);
const withEvent = (...values) => [json, ...values.map((v) => ["X-Webhook-Event", v]), [header, sign(secret, body)]];
const withBytes = (before, bytes, after) => Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]);

const twice = '{"event":"document.created","event":"document.verified"}';
const nested = '{"event":"document.created","data":{"list":[{"a":1,"a":2}]}}';
const marked = withBytes("", [0xef, 0xbb, 0xbf], body);
const invalid = withBytes('{"event":"document.created","name":"', [0x61, 0xff], '"}');
const loose = withBytes('{ "event":"document.created", "name":"', [0x61, 0xff], '" }');
const list = '[{"event":"document.created"}]';
const sorted = JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(body)).sort()));
const ascii = body.replace(/[^\0-~]/g, (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));

export const chaindocRefused = [
  { name: "page-test-request", about: "the request of the vendor's page for manual tests: test_signature is not hex", source: "vendor page",
    headers: announced(created, "test_signature"), secrets: [secret], reject: "signature_malformed",
    body: '{\n    "event": "document.created",\n    "documentId": "test-123",\n    "name": "Test Document",\n    "timestamp": "2024-12-04T10:30:00.000Z"\n  }' },
  ...missingAndRepeated(scheme),
  ...wrongKey(scheme),
  ...bodies,
  ...hexShape(scheme),
  refuse("sha256-prefix", "Chaindoc writes no prefix", "signature_malformed", body, body, { headers: quiet("sha256=" + sign(secret, body)) }),
  refuse("base64-digest", "Chaindoc writes hex", "signature_malformed", body, body, { headers: quiet(hmac("sha256", secret, body).toString("base64")) }),

  foreign("signed-as-python-writes", "another writer's spaces are neither of the two forms", body.replaceAll('":', '": ').replaceAll(',"', ', "')),
  foreign("signed-with-sorted-names", "names in another order are neither of the two forms", sorted),
  foreign("signed-in-ascii", "characters written as escapes are neither of the two forms", ascii),
  refuse("signed-formatted-sent-compact", "formatting cannot be guessed back", "signature_mismatch", body, JSON.stringify(JSON.parse(body), null, 2)),

  refuse("event-header-differs", "X-Webhook-Event is not signed: one that names another type than the body is refused", "condition_failed", body, body, { headers: withEvent("document.verified") }),
  refuse("event-header-in-another-case", "the two types are compared as text", "condition_failed", body, body, { headers: withEvent("Document.Created") }),
  refuse("event-header-empty", "an empty X-Webhook-Event is there, and differs", "condition_failed", body, body, { headers: withEvent("") }),
  refuse("event-header-twice", "two X-Webhook-Event headers are refused even if one agrees", "field_ambiguous", body, body, { headers: withEvent(created, "document.verified") }),
  refuse("event-header-differs-wrong-secret", "the signature is judged before the header", "signature_mismatch", body, body, { headers: announced("document.verified", sign(other, body)) }),
  refuse("event-header-differs-stringified", "the header is compared under the second form too", "condition_failed", sample("chaindoc", created), body, { headers: withEvent("document.verified"), stringified: body }),

  same("event-missing", "a body without event has no type to compare", "field_missing", '{"documentId":"test-123"}'),
  same("event-only-nested", "a nested event does not count", "field_missing", '{"data":{"event":"document.created"}}'),
  same("event-in-list", "a list has no members", "field_missing", list),
  same("event-list", "an event that is a list is refused", "field_malformed", '{"event":["document.created"]}'),
  same("event-null", "an event that is null is refused", "field_malformed", '{"event":null}'),
  same("event-object", "an event that is an object is refused", "field_malformed", '{"event":{"type":"document.created"}}'),

  same("name-twice", "the signature of the bytes holds, and two members event let two readers see two types", "body_ambiguous", twice),
  again("name-twice-stringified", "JSON.stringify keeps the last of two members: what was signed is not the bytes", "body_ambiguous", twice),
  same("name-twice-escaped", "an escaped name is the same name", "body_ambiguous", '{"event":"document.created","\\u0065vent":"document.created"}'),
  same("name-twice-nested", "duplicate names are refused anywhere", "body_ambiguous", nested),
  again("name-twice-nested-stringified", "duplicate names are refused anywhere, under the second form too", "body_ambiguous", nested),
  refuse("name-twice-wrong-secret", "the signature is judged before the body is read", "signature_mismatch", twice, twice, { headers: quiet(sign(other, twice)) }),
  again("bom-stringified", "the parser that drops a byte order mark verified other bytes than were sent", "body_ambiguous", marked),
  same("bom-raw", "some readers of the type skip a byte order mark and some do not", "body_ambiguous", marked),
  again("not-utf8-stringified", "the parser that replaces invalid UTF-8 verified other bytes than were sent", "body_ambiguous", loose),
  same("not-utf8-raw", "readers replace invalid UTF-8 differently", "body_ambiguous", invalid),

  same("not-json", "the signature of the bytes holds, and a type cannot be read from them", "body_malformed", "event=document.created"),
  same("empty-body", "an empty body is not JSON", "body_malformed", ""),
  same("json-cut-off", "JSON that ends early is not JSON", "body_malformed", body.slice(0, -1)),
  same("json-and-more", "text after the JSON value is not dropped", "body_malformed", body + "x"),
  same("json-with-comment", "JSON has no comments", "body_malformed", '{"event":"document.created"/**/}'),
  same("json-trailing-comma", "JSON has no trailing commas", "body_malformed", '{"event":"document.created",}'),
  refuse("not-json-wrong-secret", "the signature is judged before the body is read", "signature_mismatch", "event=document.created", "event=document.created",
    { headers: quiet(sign(other, "event=document.created")) }),
];
