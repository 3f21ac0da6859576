// HMACs of the raw body, and one plain digest, of which most are known from somebody else's
// account.
import { family } from "../lib/family.mjs";

const json = ["Content-Type", "application/json"];
const text = (...parts) => Buffer.concat(parts.map((p) => Buffer.from(p)));

// pair is a published one, which holds unless more says otherwise.
const pair = (source, headers, body, secret, accept = {}, name = "published") => ({
  name, about: `the pair of ${source}`, source: `published: ${source}`, headers: [json, ...headers], body, secrets: [secret], accept: { covers: ["body"], ...accept },
});

// plain are packs with nothing but a signature over the body: id, header, encoding, and more.
const plain = (...rows) => Object.assign({}, ...rows.map(([id, header, encoding, more = {}, vectors]) => family({ id, header, encoding, ...more }, vectors)));

// Atlassian's documentation has one pair for its products.
const everybody = (product, headers, accept) =>
  pair(`Atlassian's documentation, ${product}`, [["X-Hub-Signature", "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"], ...headers], "Hello World!", "It's a Secret to Everybody", accept);

const circle = (name, body, secret, value) => pair("circleci.com, outbound webhooks", [["circleci-signature", `v1=${value}`]], body, secret, {}, name);

const tests = (name) => `github.com/go-playground/webhooks, ${name}`;
const links = (self) => ({ self: [{ href: `https://server.bitbucket.local/users/${self}` }] });
const gopher = { name: "gopher", emailAddress: "foo@bar.com", id: 3231, displayName: "Foo Bar", active: true, slug: "gopher", type: "NORMAL", links: links("gopher") };
const pushed = JSON.stringify({
  eventKey: "repo:refs_changed", date: "2019-03-01T10:37:14+0100", actor: gopher,
  repository: {
    slug: "webhook-test", id: 4, name: "webhook-test", scmId: "git", state: "AVAILABLE", statusMessage: "Available", forkable: true,
    project: { key: "~gopher", id: 2, name: "Foo Bar", type: "PERSONAL", owner: gopher, links: links("gopher") }, public: false,
    links: {
      clone: [{ href: "ssh://git@server.bitbucket.local:7999/~gopher/webhook-test.git", name: "ssh" }, { href: "https://server.bitbucket.local/scm/~gopher/webhook-test.git", name: "http" }],
      self: [{ href: "https://server.bitbucket.local/users/gopher/repos/webhook-test/browse" }],
    },
  },
  changes: [{
    ref: { id: "refs/heads/feature/wip", displayId: "feature/wip", type: "BRANCH" }, refId: "refs/heads/feature/wip",
    fromHash: "32a0b8a740c2963c6f56bd8baf3dc05683d299e0", toHash: "0".repeat(40), type: "DELETE",
  }],
}, null, 2) + "\n";
const deleted = JSON.stringify({
  ref: "refs/heads/obsolete-branch", ref_type: "branch",
  repository: { name: "repo", full_name: "user/repo", html_url: "https://gogs.example.com/user/repo", clone_url: "https://gogs.example.com/user/repo.git" },
}, null, 4);
const example = {
  id: 1, login: "example", full_name: "", email: "example@example.com", avatar_url: "http://localhost:3000/avatar/23463b99b62a72f26ed677cc556c44e8", language: "", is_admin: false,
  last_login: "0001-01-01T00:00:00Z", created: "2022-03-09T16:14:22+09:00", restricted: false, active: false, prohibit_login: false, location: "", website: "", description: "",
  visibility: "public", followers_count: 0, following_count: 0, starred_repos_count: 0, username: "example",
};
const created = JSON.stringify({
  sha: "67b56589a45103f891bdee7c0546e5d40bc02001", ref: "master", ref_type: "branch",
  repository: {
    id: 1, owner: example, name: "example", full_name: "example/example", description: "", empty: false, private: false, fork: false, template: false, parent: null, mirror: false, size: 89,
    html_url: "http://localhost:3000/example/example", ssh_url: "git@localhost:example/example.git", clone_url: "http://localhost:3000/example/example.git", original_url: "", website: "",
    stars_count: 0, forks_count: 0, watchers_count: 1, open_issues_count: 1, open_pr_counter: 0, release_counter: 0, default_branch: "master", archived: false,
    created_at: "2022-03-09T16:14:29+09:00", updated_at: "2022-03-09T16:23:53+09:00", permissions: { admin: false, push: false, pull: false },
    has_issues: true, internal_tracker: { enable_time_tracker: true, allow_only_contributors_to_track_time: true, enable_issue_dependencies: true },
    has_wiki: true, has_pull_requests: true, has_projects: true, ignore_whitespace_conflicts: false, allow_merge_commits: true, allow_rebase: true, allow_rebase_explicit: true,
    allow_squash_merge: true, default_merge_style: "merge", avatar_url: "", internal: false, mirror_interval: "", mirror_updated: "0001-01-01T00:00:00Z", repo_transfer: null,
  },
  sender: example,
}, null, 2);

const forges = plain(
  ["github-sha1", "X-Hub-Signature", "hex", {
    algorithm: "sha1", prefix: "sha1=", headers: [["X-GitHub-Event", "push"], ["X-GitHub-Delivery", "d-1"]], type: "header.X-GitHub-Event", eventId: "header.X-GitHub-Delivery",
  }, [pair("github.com/google/go-github, github/messages_test.go", [["X-Hub-Signature", "sha1=126f2c800419c60137ce748d7672e77b65cf16d6"]], '{"yo":true}', "0123456789abcdef")]],
  ["bitbucket", "X-Hub-Signature", "hex", {
    prefix: "sha256=", headers: [["X-Event-Key", "repo:push"], ["X-Request-UUID", "r-1"]], type: "header.X-Event-Key", eventId: "header.X-Request-UUID",
  }, [everybody("Bitbucket Cloud, manage webhooks", [["X-Event-Key", "repo:push"]], { type: "repo:push" })]],
  ["bitbucket-server", "X-Hub-Signature", "hex", { prefix: "sha256=", headers: [["X-Event-Key", "pr:opened"]], type: "header.X-Event-Key" }, [
    pair(tests("bitbucket-server/bitbucketserver_test.go"), [
      ["X-Hub-Signature", "sha256=8a60f7487d167f55886df87d4077192035d76f76a8e0b3a48fd8ae8cad25f391"], ["X-Event-Key", "repo:refs_changed"],
    ], pushed, "secret", { type: "repo:refs_changed" }),
  ]],
  ["gitea", "X-Gitea-Signature", "hex", { headers: [["X-Gitea-Event", "push"], ["X-Gitea-Delivery", "d-1"]], type: "header.X-Gitea-Event", eventId: "header.X-Gitea-Delivery" }, [
    pair(tests("gitea/gitea_test.go"), [["X-Gitea-Signature", "6f250ac7a090096574758e31bd31770eab63dfd0459404f0c18431f1c6b9024a"], ["X-Gitea-Event", "create"]], created, "IsWishesWereHorsesWedAllBeEatingSteak!", { type: "create" }),
  ]],
  ["gogs", "X-Gogs-Signature", "hex", { headers: [["X-Gogs-Event", "push"], ["X-Gogs-Delivery", "d-1"]], type: "header.X-Gogs-Event", eventId: "header.X-Gogs-Delivery" }, [
    pair(tests("gogs/gogs_test.go"), [["X-Gogs-Signature", "6208970efc3c5283df65f726d69ae8331491d7857f812dfaeaedf11a68d8da79"], ["X-Gogs-Event", "delete"]], deleted, "sampleToken!", { type: "delete" }),
  ]],
  ["jira-webhook", "X-Hub-Signature", "hex", {
    prefix: "sha256=", headers: [["X-Atlassian-Webhook-Identifier", "w-1"]], body: '{"timestamp":1767323045000,"webhookEvent":"jira:issue_created"}', type: "json.webhookEvent", eventId: "header.X-Atlassian-Webhook-Identifier",
  }, [everybody("Jira Cloud, webhooks", [], { covers: ["body", "type"] })]],
  ["circleci", "circleci-signature", "hex", {
    write: ({ sig }) => `v1=${sig}`, headers: [["Circleci-Event-Type", "workflow-completed"]], body: '{"id":"e-1","type":"workflow-completed"}', type: "header.Circleci-Event-Type", eventId: "json.id",
  }, [
    ["published", "hello world", "secret", "734cc62f32841568f45715aeb9f4d7891324e6d948e4c6c60c0621cdac48623a"],
    ["published-second", "lalala", "another-secret", "daa220016c8f29a8b214fbfc3671aeec2145cfb1e6790184ffb38b6d0425fa00"],
    ["published-third", "an-important-request-payload", "hunter123", "9be2242094a9a8c00c64306f382a7f9d691de910b4a266f67bd314ef18ac49fa"],
  ].map((row) => ({ ...circle(...row), accept: { covers: ["body", "id"] } }))],
);

const others = plain(
  ["launchdarkly", "X-LD-Signature", "hex"],
  ["vercel", "x-vercel-signature", "hex", { algorithm: "sha1", type: "json.type", eventId: "json.id" }],
  ["heroku", "Heroku-Webhook-Hmac-SHA256", "base64", {
    body: '{"id":"e-1","action":"update","webhook_metadata":{"event":{"include":"api:release"}}}', type: "json.webhook_metadata.event.include", eventId: "json.id",
  }],
  ["doppler", "X-Doppler-Signature", "hex", { prefix: "sha256=" }],
  ["intercom", "X-Hub-Signature", "hex", { algorithm: "sha1", prefix: "sha1=", body: '{"type":"notification_event","id":"n-1","topic":"conversation.user.created"}', type: "json.topic", eventId: "json.id" }],
  ["fourthwall", "X-Fourthwall-Hmac-SHA256", "base64"],
  ["cal-com", "X-Cal-Signature-256", "hex", { body: '{"triggerEvent":"BOOKING_CREATED","payload":{}}', type: "json.triggerEvent" }],
  ["attio", "Attio-Signature", "hex", { body: '{"webhook_id":"w-1","events":[{"event_type":"note.created"}]}' }],
  ["autotask", "X-Hook-Signature", "base64", { algorithm: "sha1", prefix: "sha1=", body: '{"Action":"Create","Guid":"g-1","EntityType":"Ticket","Id":7}', type: "json.EntityType" }],
  ["jobber", "X-Jobber-Hmac-SHA256", "base64", { body: '{"data":{"webHookEvent":{"topic":"CLIENT_CREATE","accountId":"1"}}}', type: "json.data.webHookEvent.topic" }],
  ["sellsy", "X-Webhook-Signature", "hex", { kind: "digest", algorithm: "sha1", message: ({ secret, body }) => text(secret, body) }],
  ["xero", "x-xero-signature", "base64", { body: '{"events":[],"firstEventSequence":0,"lastEventSequence":0,"entropy":"S0m3r4Nd0mt3xt"}' }],
  ["email-octopus", "EmailOctopus-Signature", "hex", { prefix: "sha256=" }],
  ["chargify", "X-Chargify-Webhook-Signature-Hmac-Sha-256", "hex", {
    contentType: "application/x-www-form-urlencoded", body: "id=1&event=signup_success", headers: [["X-Chargify-Webhook-Id", "1"]], eventId: "header.X-Chargify-Webhook-Id",
  }],
  ["autodesk", "x-adsk-signature", "hex", { algorithm: "sha1", prefix: "sha1hash=" }],
  ["mongodb-atlas", "X-MMS-Signature", "base64", { algorithm: "sha1", headers: [["X-MMS-Event", "alert.open"]], type: "header.X-MMS-Event" }],
  ["segment", "X-Signature", "hex", { algorithm: "sha1", body: '{"messageId":"m-1","type":"track"}', type: "json.type", eventId: "json.messageId" }],
  ["aftership", "aftership-hmac-sha256", "base64"],
  ["ms-teams", "Authorization", "base64", {
    prefix: "HMAC ", secrets: ["one", "two", "three"].map((word) => Buffer.from(`${word} é`.repeat(8)).toString("base64")), key: (secret) => Buffer.from(secret, "base64"),
  }],
  ["ably", "X-Ably-Signature", "base64", { secrets: ["app.first:value é", "app.second:value:2", "app.third:value"], key: (secret) => secret.slice(secret.indexOf(":") + 1), headers: [["X-Ably-Key", "app.first"]] }],
  ["squarespace", "Squarespace-Signature", "hex", { secrets: ["0a", "1b", "2c"].map((pairOf) => pairOf.repeat(32)), key: (secret) => Buffer.from(secret, "hex") }],
  ["bolt", "X-Bolt-Hmac-Sha256", "base64"],
  ["primer", "X-Signature-Primary", "base64", { body: '{"eventType":"PAYMENT.STATUS","payment":{"id":"DdRZ6YY0"}}', type: "json.eventType" }],
  ["tally", "Tally-Signature", "base64", { body: '{"eventId":"e-1","eventType":"FORM_RESPONSE","data":{}}', type: "json.eventType", eventId: "json.eventId" }],
  ["ashby", "Ashby-Signature", "hex", { prefix: "sha256=", body: '{"action":"candidateHire","data":{}}', type: "json.action" }],
  ["merge", "X-Merge-Webhook-Signature", "base64url"],
  ["checkout-com", "Cko-Signature", "hex", { type: "json.type", eventId: "json.id" }],
  ["dwolla", "X-Request-Signature-SHA-256", "hex", { headers: [["X-Dwolla-Topic", "transfer_completed"]], type: "header.X-Dwolla-Topic", eventId: "json.id" }],
  ["npm", "x-npm-signature", "hex", { prefix: "sha256=" }],
  ["airtable", "X-Airtable-Content-MAC", "hex", {
    prefix: "hmac-sha256=", secrets: ["one", "two", "three"].map((word) => Buffer.from(`${word} é`.repeat(8)).toString("base64")), key: (secret) => Buffer.from(secret, "base64"),
  }],
  ["typeform", "Typeform-Signature", "base64", { prefix: "sha256=", body: '{"event_id":"e-1","event_type":"form_response"}', type: "json.event_type", eventId: "json.event_id" }],
  ["alchemy", "X-Alchemy-Signature", "hex", { type: "json.type", eventId: "json.id" }],
  ["grafana", "X-Grafana-Alerting-Signature", "hex"],
  ["cursor", "X-Webhook-Signature", "hex", {
    prefix: "sha256=", headers: [["X-Webhook-Event", "statusChange"], ["X-Webhook-ID", "w-1"]], type: "header.X-Webhook-Event", eventId: "header.X-Webhook-ID",
  }],
  ["mailersend", "Signature", "hex", { body: '{"type":"activity.sent","data":{}}', type: "json.type" }],
);

// Mailomat signs headers, and nothing of the body.
const mailomatHeaders = [["X-MOM-Webhook-Id", "1d958822-0934-4c6a-abc8-5defec4baa64"], ["X-MOM-Webhook-Event", "delivered"]];
const mailomat = plain(["mailomat", "X-MOM-Webhook-Signature", "hex", {
  prefix: "sha256=", headers: mailomatHeaders, stamp: { header: "X-MOM-Webhook-Timestamp", unit: "s", tolerance: null },
  message: ({ header, stamp }) => `${header("X-MOM-Webhook-Id")}.${header("X-MOM-Webhook-Event")}.${stamp}`, type: "header.X-MOM-Webhook-Event", eventId: "header.X-MOM-Webhook-Id",
}, [{
  ...pair("github.com/symfony/mailomat-mailer, Tests/Webhook/MailomatRequestParserTest.php", [
    ...mailomatHeaders, ["X-MOM-Webhook-Timestamp", "1718004211"], ["X-MOM-Webhook-Signature", "sha256=1a1e3be272212aefe668db51231f54ba66759d6d4b9c5e03d4aa6825f8eb157c"],
  ], "{}", "NgD3IyUA0oLfkM5IyL8tdMNJeIYeBXOpAcnulN1du1aqh3jFbo766lKdJvMePUy5", { type: "delivered", id: "1d958822-0934-4c6a-abc8-5defec4baa64", covers: ["id", "type", "time"] }), at: "2024-06-10T07:23:31Z",
}]]);

export default { ...forges, ...others, ...mailomat };
