// Twilio, forms: X-Twilio-Signature is base64 HMAC-SHA1 over the URL and the
// sorted fields of the form. The URL may have its port or not.
import { base64Shape, hasBoth } from "../lib/base64.mjs";
import { seek } from "../lib/digest.mjs";
import { at, concat, encode, header, mac, secret, sign } from "../lib/twilio.mjs";

const url = "https://hooks.example/in/twilio?tenant=7&name=it's";
const token = "I-Twilio-Idempotency-Token";
const form = ["Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"];
const json = ["Content-Type", "application/json"];
const fields = [["AccountSid", "AC1234567890ABCDE"], ["Body", "Ahoy + ahoy & more = 1 % 🦜"], ["From", "+14158675309"], ["MessageSid", "SM1"], ["To", "+18005551212"]];
const body = encode(fields);
const call = [["CallSid", "CA1234567890ABCDE"], ["Digits", "1234"], ["From", "+14158675309"], ["To", "+18005551212"], ["Caller", "+14158675309"]];
const page = "mycompany.com/myapp.php?foo=1&bar=2";
const none = { candidate: "without-port" };

const send = (text, type = form) => [type, [header, text]];
const good = (name, about, pairs, more = {}) => ({
  name, about, ...at(url), body: encode(pairs), secrets: [secret], headers: send(sign(url + concat(pairs))), accept: none, ...more,
});
const bad = (name, about, reject, more = {}) => ({
  name, about, ...at(url), body, secrets: [secret], headers: send(sign(url + concat(fields))), reject, ...more,
});
const published = (name, about, source, called, pairs, signature, candidate) => ({
  name: `published-${name}`, about, source, ...at(called), body: encode(pairs), secrets: [secret], headers: send(signature), accept: { candidate },
});
const python = "published: twilio/twilio-python, tests/unit/test_request_validator.py";
const go = "published: twilio/twilio-go, client/request_validator_test.go";
const raw = (name, about, body, signed, more = {}) => ({
  name, about, ...at(url), body, secrets: [secret], headers: send(sign(url + signed)), accept: none, ...more,
});

const accepted = [
  published("form", "the call of the vendor's tests", python, `https://${page}`, call, "RSOYDt4T1cUTdK1PDd93/VVr8B8=", "without-port"),
  published("port-signed", "the vendor signed :80, which the receiver's URL does not name", python, `http://${page}`, call, "0ZXoZLH/DfblKGATFgpif+LLRf4=", "with-port"),
  published("port-named", "a port beside the standard one", python, "http://mycompany.com:1234/myapp.php?foo=1&bar=2", call, "Zmvh+3yNM1Phv2jhDCwEM3q5ebU=", "with-port"),
  published("names-that-begin-alike", "Reason and ReasonConferenceEnded: names are sorted whole", go, `https://${page}`,
    [...call, ["ReasonConferenceEnded", "test"], ["Reason", "Participant"]], "vOEb5UThFn24KEfnOFLQY2AE5FY=", "without-port"),
  published("small-form", "two fields", go, `https://${page}`, [["property", "value"], ["boolean", "true"]], "NBdBDr/T/lgjI+tlgpXjKZQZs/k=", "without-port"),
  good("message", "a message; + & = % and an emoji are decoded before they are signed", fields),
  good("fields-in-another-order", "the order of the fields has no meaning", fields.toReversed()),
  good("idempotency-token", "the id is a header that nobody signs", fields, { headers: [...send(sign(url + concat(fields))), [token, "d1a8-1"]], accept: { ...none, id: "d1a8-1" } }),
  good("event-type", "products that name their events do so in EventType, which is not covered", [["EventType", "onMessageAdded"], ["MessageSid", "IM1"]], { accept: { ...none, type: "onMessageAdded" } }),
  good("value-twice", "a name with two values is signed with both, in order", [["Media", "b"], ["Media", "a"]]),
  good("pair-twice", "a name and value sent twice is signed once", [["Media", "a"], ["Media", "a"], ["To", "1"]]),
  good("empty-value", "an empty value leaves its name", [["Body", ""], ["To", "1"]]),
  raw("name-without-equals", "a name without = has an empty value", "Body&To=1", "BodyTo1"),
  raw("empty-pairs", "nothing between two & is no field", "&Body=a&&To=1&", "BodyaTo1"),
  raw("lower-case-escapes", "%2b is %2B, and a space may be + or %20", "To=%2b1&Body=a+b%20c", "Bodya b cTo+1"),
  raw("without-charset", "the charset may be left out", "To=1", "To1", { headers: send(sign(url + "To1"), ["Content-Type", "application/x-www-form-urlencoded"]) }),
  raw("no-body", "a webhook that is called with GET has its fields in the URL", "", "", { method: "GET", headers: [[header, sign(url)]] }),
  raw("empty-form", "an empty body is an empty form", "", ""),
  raw("parted-anew", "{Body: \"aTo\", X: …} and what it can be parted into sign alike: a signature vouches for no field", "Bo=dyaTo1", "BodyaTo1"),
  good("port-of-the-url", "a port that the receiver's URL names and Twilio did not sign", fields, { ...at("https://hooks.example:8443/in/twilio"), headers: send(sign("https://hooks.example/in/twilio" + concat(fields))) }),
  good("standard-port-signed", "Twilio signed :443, which the receiver's URL does not name", fields, { headers: send(sign(url.replace("example/", "example:443/") + concat(fields))), accept: { candidate: "with-port" } }),
  good("ipv6", "the colons of an IPv6 address are no port", fields, { ...at("https://[2001:db8::1]/in/twilio"), headers: send(sign("https://[2001:db8::1]:443/in/twilio" + concat(fields))), accept: { candidate: "with-port" } }),
  good("first-of-two-secrets", "two secrets, and the first one signed", fields, { secrets: [secret, "next"], accept: { ...none, secret: 0 } }),
  good("second-of-two-secrets", "two secrets, and the second one signed", fields, { secrets: ["next", secret], accept: { ...none, secret: 1 } }),
];

const text = sign(url + concat(fields));
const wrong = sign(url + concat(fields), { key: "another secret" });
const counted = (n) => [["n", String(n)]];
const sought = counted(seek((n) => n, (n) => hasBoth(sign(url + concat(counted(n))))));
const shape = base64Shape({ prefix: "", body: encode(sought), secret, send: (t) => send(t), digest: (key) => mac(url + concat(sought), { key }) })
  .map((scenario) => ({ ...scenario, ...at(url) }));
const twisted = (name, about, target) => bad(name, about, "signature_mismatch", { target });
const malformed = (name, about, body, more) => bad(name, about, "field_malformed", { body, headers: send(sign(url + body)), ...more });

const refused = [
  bad("signature-missing", "a request without the signature header is refused", "signature_missing", { headers: [form] }),
  bad("signature-only-in-query", "the signature is read from the header and from nowhere else", "signature_missing", { headers: [form], target: `/in/twilio?${header}=${encodeURIComponent(text)}` }),
  bad("signature-twice", "two signature headers are refused even if both are right", "signature_ambiguous", { headers: [...send(text), [header, text]] }),
  bad("signature-twice-wrong-first", "a wrong and a right header: neither the first nor the last wins", "signature_ambiguous", { headers: [...send(wrong), [header, text]] }),
  bad("signature-empty", "an empty header is there and cannot be read", "signature_malformed", { headers: send("") }),
  bad("sha256-digest", "the algorithm is pinned: an HMAC-SHA256 is refused", "signature_malformed", { headers: send(sign(url + concat(fields), { algorithm: "sha256" })) }),
  bad("hex-digest", "Twilio writes base64", "signature_malformed", { headers: send(mac(url + concat(fields)).toString("hex")) }),
  ...shape,
  bad("wrong-secret", "a digest made with another secret matches nothing", "signature_mismatch", { headers: send(wrong) }),
  bad("empty-secret", "a digest made with the empty secret, which anybody can make, matches nothing", "signature_mismatch", { headers: send(sign(url + concat(fields), { key: "" })) }),
  bad("neither-of-two-secrets", "with two secrets, a digest of a third matches neither", "signature_mismatch", { headers: send(wrong), secrets: [secret, "next"] }),
  bad("no-secret", "a source without a secret accepts nothing", "no_secret", { secrets: [] }),
  bad("field-changed", "another value of a field breaks the digest", "signature_mismatch", { body: encode(fields).replace("SM1", "SM2") }),
  bad("field-added", "a field more breaks the digest", "signature_mismatch", { body: body + "&x=1" }),
  bad("field-lost", "a field less breaks the digest", "signature_mismatch", { body: encode(fields.slice(1)) }),
  bad("form-lost", "no form in place of the signed one breaks the digest", "signature_mismatch", { body: "" }),
  bad("name-in-another-case", "names have a case", "signature_mismatch", { body: body.replace("Body=", "body=") }),
  bad("sorted-as-sent", "fields signed in the order in which they were sent are not the message", "signature_mismatch",
    { body: encode(fields.toReversed()), headers: send(sign(url + fields.toReversed().map(([n, v]) => n + v).join(""))) }),
  bad("signed-as-encoded", "the fields are signed decoded", "signature_mismatch", { headers: send(sign(url + body)) }),
  bad("url-alone-signed", "the URL without the fields is not the message", "signature_mismatch", { headers: send(sign(url)) }),
  bad("body-sha256-in-the-url", "bodySHA256 in the URL does not excuse a form from being signed", "signature_mismatch",
    { target: `/in/twilio?bodySHA256=${"0".repeat(64)}`, headers: send(sign(`https://hooks.example/in/twilio?bodySHA256=${"0".repeat(64)}`)) }),
  twisted("path-changed", "another path breaks the digest", "/in/other?tenant=7&name=it's"),
  twisted("query-changed", "another query breaks the digest", "/in/twilio?tenant=8&name=it's"),
  twisted("query-reordered", "the query is signed as it was called", "/in/twilio?name=it's&tenant=7"),
  twisted("query-escaped", "the URL is signed as it was called: %27 is not '", "/in/twilio?tenant=7&name=it%27s"),
  twisted("query-lost", "the query is part of the URL", "/in/twilio"),
  bad("host-changed", "another host breaks the digest", "signature_mismatch", { host: "hooks.example.evil.test" }),
  bad("scheme-changed", "http is not https", "signature_mismatch", { scheme: "http" }),
  bad("another-port-signed", "a port that is neither the standard one nor named is another URL", "signature_mismatch", { headers: send(sign(url.replace("example/", "example:8443/") + concat(fields))) }),
  malformed("json", "a JSON body is no form, whatever was signed", '{"a":1}', { headers: send(sign(url), json) }),
  malformed("json-as-form-text", "a body that is not declared to be a form is none", body, { headers: send(text, json) }),
  malformed("no-content-type", "a body without a declared type is no form", body, { headers: [[header, text]] }),
  malformed("multipart", "multipart forms are not what Twilio sends", body, { headers: send(text, ["Content-Type", "multipart/form-data; boundary=x"]) }),
  malformed("latin1", "a form in another charset is read differently by different readers", body, { headers: send(text, ["Content-Type", "application/x-www-form-urlencoded; charset=iso-8859-1"]) }),
  malformed("escape-cut-off", "a % without two hex digits is read differently by different readers", "Body=100%&To=1"),
  malformed("escape-not-hex", "%zz is no escape", "Body=%zz"),
  malformed("not-utf8", "bytes that are not UTF-8 are replaced differently by different readers", "Body=%ff"),
  malformed("semicolon", "a bare semicolon separates for some readers", "Body=a;To=1"),
  malformed("too-many-fields", "1001 fields are beyond the limit", Array.from({ length: 1001 }, (_, i) => `a${i}=1`).join("&")),
  bad("content-type-twice", "two declared types are refused", "field_ambiguous", { headers: [form, ...send(text, json)] }),
];

export const twilio = [...accepted, ...refused].map((scenario) => ({ ...scenario, ...(scenario.accept && { accept: { covers: [], ...scenario.accept } }) }));
