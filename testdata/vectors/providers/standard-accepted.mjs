// Standard Webhooks requests that hold, the time aside.
import { hasBoth } from "../lib/base64.mjs";
import { seek } from "../lib/digest.mjs";
import { json, sample } from "../lib/scenario.mjs";
import { body, good, id, now, previous, secret, send, sign, typed, untyped } from "../lib/standard.mjs";

const foreign = "v1," + Buffer.alloc(32, 7).toString("base64");
const asymmetric = "v1a," + Buffer.alloc(64, 9).toString("base64");
const later = "v2," + Buffer.alloc(32, 5).toString("base64");
const listed = (name, about, ...items) => good(name, about, { headers: send(items.join(" ")) });
const contact = sample("standard-webhooks", "contact.created");
const invoice = sample("standard-webhooks", "invoice.paid");
const short = secret.slice("whsec_".length);
const withBoth = seek((n) => `{"type":"contact.created","n":${n}}`, (b) => hasBoth(sign(b)));

export const standardAccepted = [
  { name: "published-reference", about: "the pair that the reference libraries test themselves with; its body has no type",
    source: "published: test of the Standard Webhooks reference libraries",
    at: "2021-02-25T15:02:10Z", secrets: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], body: '{"test": 2432232314}',
    headers: send("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", 1614265330, "msg_p5jXN8AQM9LWM0D4loKWxJek"),
    accept: { ...untyped, id: "msg_p5jXN8AQM9LWM0D4loKWxJek" } },
  { name: "published-openai", about: "an event of a sender that uses the form as it is",
    source: "published: tests of openai-node, tests/api-resources/webhooks.test.ts",
    at: "2025-06-25T14:20:10Z", secrets: ["whsec_RdvaYFYUXuIFuEbvZHwMfYFhUf7aMYjYcmM24+Aj40c="],
    body: '{"id": "evt_685c059ae3a481909bdc86819b066fb6", "object": "event", "created_at": 1750861210, "type": "response.completed", "data": {"id": "resp_123"}}',
    headers: send("v1,gUAg4R2hWouRZqRQG4uJypNS8YK885G838+EHb4nKBY=", 1750861210, "wh_685c059ae39c8190af8c71ed1022a24d"),
    accept: { ...typed, id: "wh_685c059ae39c8190af8c71ed1022a24d", type: "response.completed" } },

  good("sample-contact-created", "a sample event", { body: contact }),
  good("sample-invoice-paid", "a sample event", { body: invoice, accept: { ...typed, type: "invoice.paid" } }),
  good("secret-without-whsec", "the prefix of the secret may be left out", { secrets: [short] }),
  good("plus-and-slash", "a digest that holds + and /", { body: withBoth }),
  listed("two-signatures-first-right", "of several signatures any may match: the first", sign(body), foreign),
  listed("two-signatures-second-right", "of several signatures any may match: the last", foreign, sign(body)),
  listed("v1-after-v1a", "a signature of another version is passed over", asymmetric, sign(body)),
  listed("v1-between-v1a-and-v2", "signatures of other versions are passed over on both sides", asymmetric, sign(body), later),
  listed("unreadable-item-beside", "an item that cannot be read does not spoil one that verifies", "nonsense", "v1,***", sign(body)),
  listed("two-spaces-between", "an empty item does not spoil one that verifies", foreign, "", sign(body)),
  listed("same-signature-twice", "the right signature twice in one list", sign(body), sign(body)),
  good("first-of-two-secrets", "two secrets, and the first one signed", { secrets: [secret, previous], accept: { ...typed, secret: 0 } }),
  good("second-of-two-secrets", "two secrets, and the second one signed", { secrets: [previous, secret], accept: { ...typed, secret: 1 } }),
  good("rotation", "a sender that rotates signs with both secrets; one of them is known here",
    { headers: send(`${sign(body, { with: previous })} ${sign(body)}`) }),
  good("header-names-in-capitals", "header names have no case",
    { headers: [["WEBHOOK-SIGNATURE", sign(body)], ["WEBHOOK-TIMESTAMP", String(now)], ["WEBHOOK-ID", id], json] }),
  good("without-type", "a type is recommended and not required", { body: '{"data":{}}', accept: untyped }),
  good("empty-body", "an empty body is signed like any other and has no type", { body: "", accept: untyped }),
  good("type-twice", "two members type let two readers see two types: the event is authentic and has none", { body: '{"type":"contact.created","type":"contact.deleted"}', accept: untyped }),
  good("not-json", "the body may be anything; what is not JSON has no type", { body: "type=contact.created", accept: untyped }),
  good("not-utf8", "bytes that are not UTF-8 are hashed as they are", { body: Buffer.from([0xff, 0x00, 0xfe, 0x2e, 0x80]), accept: untyped }),
  good("trailing-newline", "a final newline belongs to the body", { body: body + "\n" }),
  good("trailing-crlf", "a final CRLF belongs to the body", { body: body + "\r\n" }),
  good("emoji-and-escapes", "raw UTF-8, escapes and 1.0 are hashed as sent", { body: '{ "type": "contact.created", "data": { "name": "Zoë 🦊 \\u00e9\\/", "n": 1.0 } }' }),
];
