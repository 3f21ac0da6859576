// GitLab: X-Gitlab-Token is the secret token itself.
import { hmac } from "../lib/digest.mjs";
import { json } from "../lib/scenario.mjs";

const header = "X-Gitlab-Token";
const secret = "gitlab-secret-token-é-1f0c";
const plain = "9c3f2f6f1a5b4e7d";
const id = "f5e5f430-f57b-4e6e-9fac-d9128cd7232f";
const body = '{"object_kind":"push","event_name":"push","ref":"refs/heads/main","project_id":15}';
const names = [["X-Gitlab-Event", "Push Hook"], ["X-Gitlab-Instance", "https://gitlab.example"], ["Idempotency-Key", id]];
const send = (token) => [json, ...names, [header, token]];
const push = { type: "Push Hook", id, covers: [] };
const good = (name, about, more = {}) => ({ name, about, body, secrets: [plain], headers: send(plain), accept: push, ...more });
const bad = (name, about, reject, headers, more = {}) => ({ name, about, body, secrets: [plain], headers, reject, ...more });
const mismatch = (name, about, token, more) => bad(name, about, "signature_mismatch", send(token), more);

export const gitlabToken = [
  good("push", "the token tells who sends, and covers nothing"),
  good("body-changed", "another body under the right token is accepted: a token vouches for no body", { body: '{"object_kind":"push","ref":"refs/heads/evil"}' }),
  good("event-changed", "the headers are not covered either", { headers: [json, ["X-Gitlab-Event", "Tag Push Hook"], ...names.slice(1), [header, plain]], accept: { ...push, type: "Tag Push Hook" } }),
  good("without-names", "a request without the other headers has neither type nor id", { headers: [json, [header, plain]], accept: { covers: [] } }),
  good("header-name-in-lower-case", "header names have no case", { headers: [json, ...names, ["x-gitlab-token", plain]] }),
  good("non-ascii-token", "a token is compared as its UTF-8 bytes", { secrets: [secret], headers: send(secret) }),
  good("first-of-two-tokens", "two tokens, and the first one was sent", { secrets: [plain, "next"], accept: { ...push, secret: 0 } }),
  good("second-of-two-tokens", "two tokens, and the second one was sent", { secrets: ["next", plain], accept: { ...push, secret: 1 } }),
  bad("token-missing", "a request without the token is refused", "signature_missing", [json, ...names]),
  bad("token-only-in-query", "the token is read from the header and from nowhere else", "signature_missing", [json, ...names], { target: `/in/gitlab-token?${header}=${plain}&token=${plain}` }),
  bad("token-in-authorization", "the token is read from its own header alone", "signature_missing", [json, ...names, ["Authorization", `Bearer ${plain}`]]),
  bad("token-twice", "two token headers are refused even if both are right", "signature_ambiguous", [...send(plain), [header, plain]]),
  bad("token-twice-wrong-first", "a wrong and a right token: neither the first nor the last wins", "signature_ambiguous", [...send("wrong"), [header, plain]]),
  bad("token-empty", "an empty token is there and is none", "signature_malformed", send("")),
  bad("token-empty-no-secret", "without a secret the empty token proves nothing", "signature_malformed", send(""), { secrets: [] }),
  bad("no-secret", "a source without a token accepts nothing", "no_secret", send(plain), { secrets: [] }),
  mismatch("wrong-token", "another token matches nothing", "9c3f2f6f1a5b4e7e"),
  mismatch("token-cut", "the beginning of the token is not the token", plain.slice(0, -1)),
  mismatch("token-and-more", "the token with more behind it is not the token", plain + "0"),
  mismatch("token-in-another-case", "the token has a case", plain.toUpperCase()),
  mismatch("tokens-joined-by-comma", "two tokens joined in one header are not one", `wrong,${plain}`),
  mismatch("neither-of-two-tokens", "with two tokens a third matches neither", "third", { secrets: [plain, "next"] }),
  mismatch("hmac-of-the-body", "a signature under the token is not the token", hmac("sha256", plain, body).toString("hex")),
];
