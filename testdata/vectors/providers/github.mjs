// GitHub: X-Hub-Signature-256 is sha256= and hex HMAC-SHA256 of the raw body. The
// event and the delivery are named in headers that nobody signs.
import { hub, line } from "../lib/hub.mjs";
import { hexShape, missingAndRepeated, prefixShape, wrongBody, wrongKey } from "../lib/refusals.mjs";
import { hmac } from "../lib/digest.mjs";
import { json } from "../lib/scenario.mjs";

const header = "X-Hub-Signature-256";
const secret = "github-webhook-secret";
const delivery = "72d3162e-cc78-11e3-81ab-4c9367dc0958";
const body = '{"ref":"refs/heads/main","before":"6113728f27ae82c7b1a177c8d03f9e96e0adf246","commits":[],"repository":{"full_name":"octo/hello","private":false}}';
const named = (event, id) => [["X-GitHub-Event", event], ["X-GitHub-Delivery", id]];
const scheme = { ...hub(header, secret, body), send: (text) => [json, ...named("push", delivery), [header, text]] };
const push = { type: "push", id: delivery, covers: ["body"] };
const nameless = { covers: ["body"] };

const good = (name, about, body, more = {}) => ({
  name, about, body, headers: scheme.send(line(secret, body)), secrets: [secret], accept: push, ...more,
});
const published = (name, about, source, secret, body, digest) => ({
  name, about, source, body, secrets: [secret], headers: [json, [header, `sha256=${digest}`]], accept: nameless,
});

const accepted = [
  published("published-docs", "the pair of the vendor's page", "published: docs.github.com, validating webhook deliveries",
    "It's a Secret to Everybody", "Hello, World!", "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"),
  published("published-octokit", "the pair of the vendor's JavaScript library", "published: octokit/webhooks-methods.js, test/verify.test.ts",
    "mysecret", '{"foo":"bar"}', "4864d2759938a15468b5df9ade20bf161da9b4f737ea61794142f3484236bda3"),
  published("published-go-github", "the pair of a Go library", "published: google/go-github, github/messages_test.go",
    "0123456789abcdef", '{"yo":true}', "b1f8020f5b4cd42042f807dd939015c4a418bc1ff7f604dd55b0a19b5d953d9b"),
  good("push", "a push; its type and id are those of the headers", body),
  good("ping", "the ping after a webhook was made is an event like any other", '{"zen":"Keep it logically awesome.","hook_id":1}',
    { headers: [json, ...named("ping", delivery), [header, line(secret, '{"zen":"Keep it logically awesome.","hook_id":1}')]], accept: { ...push, type: "ping" } }),
  good("event-header-changed", "the headers are not signed: another event in them is believed, and not covered", body,
    { headers: [json, ...named("issues", delivery), [header, line(secret, body)]], accept: { ...push, type: "issues" } }),
  good("without-names", "a request without the two headers has neither type nor id", body, { headers: [json, [header, line(secret, body)]], accept: nameless }),
  good("event-header-twice", "two X-GitHub-Event let two readers see two types: the event is authentic and has none", body,
    { headers: [json, ...named("push", delivery), ["X-GitHub-Event", "issues"], [header, line(secret, body)]], accept: { id: delivery, covers: ["body"] } }),
  good("form", "a webhook of the form kind is signed over the body as it is", `payload=${encodeURIComponent(body)}`,
    { headers: [["Content-Type", "application/x-www-form-urlencoded"], ...named("push", delivery), [header, line(secret, `payload=${encodeURIComponent(body)}`)]] }),
  good("with-sha1-beside", "the SHA-1 signature that GitHub sends beside it has no say", body,
    { headers: [...scheme.send(line(secret, body)), ["X-Hub-Signature", "sha1=" + "0".repeat(40)]] }),
  good("emoji-and-escapes", "raw UTF-8 and escapes are hashed as sent", '{"ref":"🚀","path":"a\\/b","name":"\\u00e9","n":1.0}'),
  good("trailing-newline", "a final newline belongs to the body", body + "\n"),
  good("not-utf8", "bytes that are not UTF-8 are hashed as they are", Buffer.from([0xff, 0xfe, 0x00, 0x80])),
  good("digest-in-capitals", "hex verifies in either case", body, { headers: scheme.send("sha256=" + line(secret, body).slice(7).toUpperCase()) }),
  good("first-of-two-secrets", "two secrets, and the first one signed", body, { secrets: [secret, "the next secret"], accept: { ...push, secret: 0 } }),
  good("second-of-two-secrets", "two secrets, and the second one signed", body, { secrets: ["the next secret", secret], accept: { ...push, secret: 1 } }),
];

const refused = [
  { name: "published-sha1-alone", about: "a request with the SHA-1 signature alone carries none that counts",
    source: "published: google/go-github, github/messages_test.go", body: '{"yo":true}', secrets: ["0123456789abcdef"],
    headers: [json, ["X-Hub-Signature", "sha1=126f2c800419c60137ce748d7672e77b65cf16d6"]], reject: "signature_missing" },
  { name: "sha1-in-the-header-of-sha256", about: "the request does not choose the algorithm: the right HMAC-SHA1 under its own prefix is refused", body, secrets: [secret],
    headers: scheme.send("sha1=" + hmac("sha1", secret, body).toString("hex")), reject: "signature_malformed" },
  ...missingAndRepeated(scheme),
  ...wrongKey(scheme),
  ...wrongBody(scheme),
  ...hexShape(scheme),
  ...prefixShape(scheme),
];

export const github = [...accepted, ...refused];
