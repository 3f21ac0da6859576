// Twilio, JSON: the URL holds bodySHA256, and X-Twilio-Signature is base64
// HMAC-SHA1 over that URL.
import { base64Shape, hasBoth } from "../lib/base64.mjs";
import { flip, plain, seek } from "../lib/digest.mjs";
import { at, header, mac, secret, sign } from "../lib/twilio.mjs";

const json = ["Content-Type", "application/json"];
const token = ["I-Twilio-Idempotency-Token", "d1a8-1"];
const base = "https://hooks.example/in/twilio-json";
const body = '{"property":"Zoë 🦜","boolean":true,"n":1.0}';
const sum = (body) => plain("sha256", body).toString("hex");
const called = (body, digest = sum(body)) => `${base}?tenant=7&bodySHA256=${digest}`;
const held = { id: token[1], candidate: "without-port", covers: ["body"] };

const send = (text) => [json, token, [header, text]];
const good = (name, about, body, more = {}) => ({
  name, about, ...at(called(body)), body, secrets: [secret], headers: send(sign(called(body))), accept: held, ...more,
});
// judged is a request whose URL was signed as it was called.
const judged = (name, about, reject, url, more = {}) => ({
  name, about, ...at(url), body, secrets: [secret], headers: send(sign(url)), reject, ...more,
});
const bad = (name, about, reject, more = {}) => judged(name, about, reject, called(body), more);

const accepted = [
  { name: "published", about: "the request of the vendor's tests", source: "published: twilio/twilio-python, tests/unit/test_request_validator.py, and twilio-go",
    ...at("https://mycompany.com/myapp.php?foo=1&bar=2&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"),
    body: '{"property": "value", "boolean": true}', secrets: [secret], headers: [json, [header, "a9nBmqA0ju/hNViExpshrM61xv4="]],
    accept: { candidate: "without-port", covers: ["body"] } },
  good("event", "the URL is signed, and what it says of the body holds", body),
  good("empty-body", "the digest of nothing is a digest", ""),
  good("not-utf8", "the digest is over bytes", Buffer.from([0xff, 0x00, 0x80])),
  good("trailing-newline", "a final newline belongs to the body", body + "\n"),
  good("not-json", "the digest covers bytes, JSON or not", "a=1", { headers: [["Content-Type", "application/x-www-form-urlencoded"], token, [header, sign(called("a=1"))]] }),
  good("digest-in-capitals", "the digest in the URL is hex of either case; the URL is signed as it is", body, { ...at(called(body, sum(body).toUpperCase())), headers: send(sign(called(body, sum(body).toUpperCase()))) }),
  good("standard-port-signed", "Twilio signed :443, which the receiver's URL does not name", body, { headers: send(sign(called(body).replace("example/", "example:443/"))), accept: { ...held, candidate: "with-port" } }),
  good("port-not-signed", "a port that the receiver's URL names and Twilio did not sign", body, { host: "hooks.example:8443" }),
  good("digest-first", "bodySHA256 may stand anywhere in the query", body, { ...at(`${base}?bodySHA256=${sum(body)}&tenant=7`), headers: send(sign(`${base}?bodySHA256=${sum(body)}&tenant=7`)) }),
  good("second-of-two-secrets", "two secrets, and the second one signed", body, { secrets: ["next", secret], accept: { ...held, secret: 1 } }),
];

const text = sign(called(body));
const wrong = sign(called(body), { key: "another secret" });
const url = seek((n) => `${called(body)}&n=${n}`, (u) => hasBoth(sign(u)));
const shape = base64Shape({ prefix: "", body, secret, send, digest: (key) => mac(url, { key }) }).map((scenario) => ({ ...scenario, ...at(url) }));

const refused = [
  bad("signature-missing", "a request without the signature header is refused", "signature_missing", { headers: [json, token] }),
  bad("signature-twice", "two signature headers are refused even if both are right", "signature_ambiguous", { headers: [...send(text), [header, text]] }),
  bad("signature-empty", "an empty header is there and cannot be read", "signature_malformed", { headers: send("") }),
  bad("sha256-digest", "the algorithm is pinned: an HMAC-SHA256 is refused", "signature_malformed", { headers: send(sign(called(body), { algorithm: "sha256" })) }),
  ...shape,
  bad("wrong-secret", "a digest made with another secret matches nothing", "signature_mismatch", { headers: send(wrong) }),
  bad("empty-secret", "a digest made with the empty secret, which anybody can make, matches nothing", "signature_mismatch", { headers: send(sign(called(body), { key: "" })) }),
  bad("neither-of-two-secrets", "with two secrets, a digest of a third matches neither", "signature_mismatch", { headers: send(wrong), secrets: [secret, "next"] }),
  bad("no-secret", "a source without a secret accepts nothing", "no_secret", { secrets: [] }),
  bad("url-changed", "another query breaks the signature", "signature_mismatch", { target: called(body).replace(base, "/in/twilio-json").replace("tenant=7", "tenant=8") }),
  bad("body-and-digest-changed", "another body with its own digest in the URL breaks the signature", "signature_mismatch", { body: '{"a":1}', target: `/in/twilio-json?tenant=7&bodySHA256=${sum('{"a":1}')}` }),
  bad("body-changed", "another body is not the one that the signed URL tells", "condition_failed", { body: flip(body, 20) }),
  bad("body-final-newline-added", "a final newline that was added on the way is another body", "condition_failed", { body: body + "\n" }),
  bad("body-lost", "an empty body is another body", "condition_failed", { body: "" }),
  judged("digest-truncated", "half a digest is none", "condition_failed", called(body, sum(body).slice(0, 32))),
  judged("digest-empty", "an empty digest is none", "condition_failed", called(body, "")),
  judged("digest-and-more", "text behind the digest is not dropped", "condition_failed", called(body, sum(body) + "00")),
  judged("digest-in-base64", "Twilio writes hex", "condition_failed", called(body, encodeURIComponent(plain("sha256", body).toString("base64")))),
  judged("digest-of-sha1", "another algorithm's digest is none", "condition_failed", called(body, plain("sha1", body).toString("hex"))),
  judged("digest-missing", "a signed URL that says nothing of the body vouches for none", "field_missing", `${base}?tenant=7`),
  judged("digest-under-another-name", "the name is compared whole", "field_missing", `${base}?xbodySHA256=${sum(body)}`),
  judged("digest-name-in-another-case", "the name has a case", "field_missing", `${base}?bodysha256=${sum(body)}`),
  judged("digest-in-the-path", "the name in the path is no parameter", "field_missing", `${base}/bodySHA256=${sum(body)}`),
  judged("digest-twice", "two digests are refused even if one holds", "field_ambiguous", `${called(body)}&bodySHA256=${sum('{"a":1}')}`),
  judged("query-unreadable", "a query that cannot be read has no digest", "field_malformed", `${called(body)}&a=%zz`),
];

export const twilioJSON = [...accepted, ...refused];
