// Plain digests of a message that holds the secret.
import { keccak256 } from "../lib/keccak.mjs";
import { plain } from "../lib/digest.mjs";
import { family } from "../lib/family.mjs";

const text = (...parts) => Buffer.concat(parts.map((p) => Buffer.from(p)));
const json = ["Content-Type", "application/json"];
const form = ["Content-Type", "application/x-www-form-urlencoded"];
const before = ({ secret, body }) => text(secret, body);
const behind = ({ secret, body }) => text(body, secret);

const phonepe = (content) => JSON.stringify({ response: Buffer.from(JSON.stringify(content)).toString("base64") });

// keccakSigner is a digest that node:crypto does not have.
const keccakSigner = ({ id }) => {
  const keys = ["", " (the previous)", " (of nobody)"].map((more) => ({ secret: `${id} secret é${more}`, sign: keccak256 }));
  return { keys, foreign: [
    { name: "sha3-256", about: "Keccak-256 is not the SHA3-256 of the standard", reject: "signature_mismatch", sign: (message) => plain("sha3-256", message) },
    { name: "sha512-instead", about: "the algorithm is pinned: a SHA-512 is refused", reject: "signature_malformed", sign: (message) => plain("sha512", message) },
  ] };
};
const moralisBody = `{"confirmed": true, "chainId": "0x1", "amount": 1.0}`;

export default {
  ...family({ id: "hubspot-v1", kind: "digest", header: "X-HubSpot-Signature", headers: [["X-HubSpot-Signature-Version", "v1"]], body: `[{"eventId":1,"subscriptionType":"contact.creation"}]`, message: before }, [{
    name: "published", about: "the pair of HubSpot's page", source: "published: developers.hubspot.com/docs/faq/v1-request-validation",
    headers: [json, ["X-HubSpot-Signature", "232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de"]], secrets: ["yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"],
    body: `[{"eventId":1,"subscriptionId":12345,"portalId":62515,"occurredAt":1564113600000,"subscriptionType":"contact.creation","attemptNumber":0,"objectId":123,"changeSource":"CRM","changeFlag":"NEW","appId":54321}]`, accept: { covers: ["body"] },
  }]),
  ...family({
    id: "hubspot-v2", kind: "digest", header: "X-HubSpot-Signature", headers: [["X-HubSpot-Signature-Version", "v2"]], target: "/in/hubspot-v2?portal=7",
    message: ({ secret, method, url, body }) => text(secret, method, url, body),
  }, [{
    name: "published", about: "the pair of the tests of HubSpot's library", source: "published: github.com/HubSpot/hubspot-api-nodejs, test/unit/signature.spec.ts",
    method: "GET", host: "www.example.com", target: "/webhook_uri", headers: [["X-HubSpot-Signature", "eee2dddcc73c94d699f5e395f4b9d454a069a6855fbfa152e91e88823087200e"]],
    body: "", secrets: ["yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"], accept: { covers: ["body"] },
  }, {
    name: "published-post", about: "the pair of HubSpot's page, with a body", source: "published: developers.hubspot.com/docs/faq/v2-request-validation",
    host: "www.example.com", target: "/webhook_uri", headers: [json, ["X-HubSpot-Signature", "9569219f8ba981ffa6f6f16aa0f48637d35d728c7e4d93d0d52efaa512af7900"]],
    body: `{"example_field":"example_value"}`, secrets: ["yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"], accept: { covers: ["body"] },
  }]),
  ...family({ id: "hipay", kind: "digest", header: "x-allopass-signature", contentType: form[1], body: "state=completed&status=118", message: behind }, [
    ...["sha512", "sha1"].map((algorithm) => ({
      name: algorithm, about: `an account that is set to ${algorithm.toUpperCase()}`, headers: [form, ["x-allopass-signature", plain(algorithm, "state=completeds").toString("hex")]],
      body: "state=completed", secrets: ["s"], settings: { algorithm }, accept: { covers: ["body"] },
    })),
  ]),
  ...family({
    id: "phonepe", kind: "digest", header: "X-VERIFY", body: phonepe({ success: true, code: "PAYMENT_SUCCESS", data: { transactionId: "T1" } }), write: ({ sig }) => `${sig}###1`,
    message: ({ json: { response }, secret }) => response + secret, type: () => "PAYMENT_SUCCESS", eventId: () => "T1", covers: ["id", "type"],
  }, [
    { name: "without-index", about: "the index belongs to the signature", headers: [json, ["X-VERIFY", plain("sha256", "e30=s").toString("hex")]], body: `{"response":"e30="}`, secrets: ["s"], reject: "signature_malformed" },
    { name: "response-changed", about: "another response breaks the signature", headers: [json, ["X-VERIFY", plain("sha256", "e30=s").toString("hex") + "###1"]], body: `{"response":"e31="}`, secrets: ["s"], reject: "signature_mismatch" },
    { name: "response-twice", about: "a response that is given twice is neither", headers: [json, ["X-VERIFY", plain("sha256", "e30=s").toString("hex") + "###1"]], body: `{"response":"e30=","response":"e31="}`, secrets: ["s"], reject: "body_ambiguous" },
  ]),
  ...family({ id: "trufflehog", kind: "digest", header: "X-Hub-Signature", message: before }),
  ...family({
    id: "moralis", signer: keccakSigner, header: "x-signature", prefix: "0x", body: `{"confirmed":true,"chainId":"0x1"}`, message: behind, candidate: "raw",
    // A body that is written anew before it is signed has no final newline.
    skip: ["body-final-newline-added"],
  }, [{
    name: "stringified", about: "the body as JSON.stringify writes it was signed", headers: [json, ["x-signature", "0x" + keccak256(JSON.stringify(JSON.parse(moralisBody)) + "s").toString("hex")]],
    body: moralisBody, secrets: ["s"], accept: { candidate: "stringified", covers: ["body"] }, stringified: JSON.stringify(JSON.parse(moralisBody)),
  }]),
  ...family({
    id: "lark", kind: "digest", header: "X-Lark-Signature", headers: [["X-Lark-Request-Nonce", "n-1"]], stamp: { header: "X-Lark-Request-Timestamp", unit: "s", tolerance: null }, body: `{"encrypt":"FIAfJPGRmFZWkaxPQ1XrJZVbv2JwdjfLk4jx0k=="}`,
    message: ({ stamp, header, secret, body }) => text(stamp, header("X-Lark-Request-Nonce"), secret, body),
  }),
};
