// SeaTable: X-SeaTable-Signature is sha256= and hex HMAC-SHA256 of the raw body.
import { foreignHeader, hub, line, published } from "../lib/hub.mjs";
import { hexShape, missingAndRepeated, prefixShape, wrongBody, wrongKey } from "../lib/refusals.mjs";
import { json, sample } from "../lib/scenario.mjs";

const header = "X-SeaTable-Signature";
const secret = "seatable-webhook-secret";
const body = sample("seatable", "row-created");
const scheme = hub(header, secret, body);
const signed = (text) => scheme.send(line(secret, text));
const typed = { type: "update", covers: ["body", "type"] };
// untyped is for a body without a readable event: the place is covered, and
// nothing stands there.
const untyped = { covers: typed.covers };
const good = (name, about, body, accept = typed, more = {}) => ({
  name, about, body, headers: signed(body), secrets: [secret], accept, ...more,
});

const accepted = [
  good("sample-row-created", "the raw body of a sample event; its type is the member event", body),
  good("sample-row-modified", "a changed row is of type update too", sample("seatable", "row-modified")),
  good("sample-row-deleted", "a deleted row is of type update too", sample("seatable", "row-deleted")),
  good("python-spacing", "the spaces that Python's json.dumps writes are hashed as sent", '{"event": "update", "data": {"op_type": "insert_row", "op_time": 1767323045.125}}'),
  good("emoji-and-escapes", "raw UTF-8 and \\u escapes are both hashed as sent", '{"event":"update","data":{"row_name":"🪛 Akkuschrauber","table_name":"Ger\\u00e4te \\ud83d\\udd27"}}'),
  good("trailing-newline", "a final newline belongs to the body", '{"event":"update"}\n'),
  good("trailing-crlf", "a final CRLF belongs to the body", '{"event":"update"}\r\n'),
  good("escaped-event-name", "the type is read as JSON: an escaped name and value are the same name and value", '{"\\u0065vent":"up\\u0064ate"}'),
  good("event-only-nested", "the type is the member event of the outermost object alone", '{"data":{"event":"update"}}', untyped),
  good("without-event", "the type is neither signed apart nor compared: a body without it has none", '{"data":{}}', untyped),
  good("empty-body", "an empty body is signed like any other and has no type", "", untyped),
  good("not-json", "the signature covers bytes, JSON or not; what is not JSON has no type", "event=update", untyped),
  good("not-utf8", "bytes that are not UTF-8 are hashed as they are", Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x0a]), untyped),
  good("digest-in-capitals", "hex verifies in either case", body, typed, { headers: scheme.send("sha256=" + line(secret, body).slice(7).toUpperCase()) }),
  good("header-as-on-the-wire", "header names have no case: the vendor's example spells this one X-Seatable-Signature", body, typed,
    { headers: [json, ["X-Seatable-Signature", line(secret, body)]] }),
  good("first-of-two-secrets", "two secrets, and the first one signed", body, { ...typed, secret: 0 }, { secrets: [secret, "the next secret"] }),
  good("second-of-two-secrets", "two secrets, and the second one signed", body, { ...typed, secret: 1 }, { secrets: ["the next secret", secret] }),
  good("non-ascii-secret", "the key is the UTF-8 of the secret", body, typed, { secrets: ["schlüssel-🔑"], headers: scheme.send(line("schlüssel-🔑", body)) }),
  good("event-twice", "two members event let two readers see two types: the event is authentic and has none", '{"event":"update","event":"delete"}', untyped),
  { ...published(header), accept: untyped },
];

const refused = [
  { name: "page-example", about: "the header of the vendor's example is well formed; its secret was never published, so it matches nothing",
    source: "vendor page", secrets: ["secret"], body,
    headers: [json, ["X-Seatable-Signature", "sha256=598b55485e7875def064746867ff220e79d7c75512fdb931a39e313af5abfe60"]],
    reject: "signature_mismatch" },
  ...missingAndRepeated(scheme),
  ...wrongKey(scheme),
  ...wrongBody(scheme),
  ...hexShape(scheme),
  ...prefixShape(scheme),
  foreignHeader(secret, body),
  { name: "base64-digest", about: "SeaTable writes hex: the right digest in base64 is refused", body, secrets: [secret],
    headers: scheme.send("sha256=" + scheme.digest(secret, body).toString("base64")), reject: "signature_malformed" },
];

export const seatable = [...accepted, ...refused];
