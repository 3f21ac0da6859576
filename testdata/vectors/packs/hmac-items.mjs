// Adyen's payments: each item of a list is signed by itself, over eight of its fields.
import { hmac, plain } from "../lib/digest.mjs";

const secret = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056";
const other = "00".repeat(31) + "01";
const headers = [["Content-Type", "application/json"]];
const key = (text) => Buffer.from(text, "hex");
const signed = (i) => [i.pspReference, i.originalReference, i.merchantAccountCode, i.merchantReference, i.amount?.value, i.amount?.currency, i.eventCode, i.success].map((v) => v ?? "").join(":");

const payment = {
  additionalData: {}, amount: { currency: "EUR", value: 10100 }, eventCode: "AUTHORISATION", eventDate: "2026-01-02T03:04:05+01:00",
  merchantAccountCode: "Merchant", merchantReference: "order:8 \\ 9", pspReference: "7914073381342284", success: "true",
};
const base64 = (item, k = secret) => hmac("sha256", key(k), signed(item)).toString("base64");
// under puts a signature on an item.
const under = (item, signature) => ({ ...item, additionalData: { ...item.additionalData, hmacSignature: signature } });
const right = (item, k) => under(item, base64(item, k));
const notification = (...items) => JSON.stringify({ live: "false", notificationItems: items.map((item) => ({ NotificationRequestItem: item })) });

const accept = { type: "AUTHORISATION", covers: ["type"] };
const good = (name, about, body, more = {}) => ({ name, about, headers, body, secrets: [secret], accept, ...more });
const bad = (name, about, body, reject, more = {}) => ({ name, about, headers, body, secrets: [secret], reject, ...more });
const refund = { ...payment, eventCode: "REFUND", originalReference: "7914073381342284", pspReference: "8515131751004933" };
const shaped = (name, about, make) => bad(name, about, notification(under(payment, make(hmac("sha256", key(secret), signed(payment))))), "signature_malformed");

export default {
  adyen: [
    good("published", "the notification of the vendor's tests",
      '{"live":"false","notificationItems":[{"NotificationRequestItem":{"pspReference":"pspReference","originalReference":"originalReference","merchantAccountCode":"merchantAccount","merchantReference":"reference","amount":{"currency":"EUR","value":1000},"eventCode":"REPORT_AVAILABLE","success":"true","additionalData":{"hmacSignature":"ZNBPtI+oDyyRrLyD1XirkKnQgIAlFc07Vj27TeHsDRE="}}}]}',
      { source: "published: github.com/Adyen/adyen-node-api-library, src/__tests__/hmacValidator.spec.ts", secrets: ["DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00"], accept: { ...accept, type: "REPORT_AVAILABLE" } }),
    good("payment", "absent fields are empty, and nothing is escaped", notification(right(payment))),
    good("two-items", "every item is signed by itself", notification(right(payment), right(refund))),
    good("second-of-two-secrets", "two secrets, and the second one signed", notification(right(payment, other)), { secrets: [secret, other], accept: { ...accept, secret: 1 } }),
    good("another-reason", "what is beside the eight fields is not covered", notification({ ...right(payment), reason: "x" })),
    good("amount-as-a-float", "a number is written as ECMAScript writes it", notification(right(payment)).replace("10100", "1.01e4")),
    good("success-as-a-boolean", "true is true whether it is a text or not", notification(right(payment)).replace('"true"', "true")),
    bad("second-item-forged", "one item that does not hold spoils all", notification(right(payment), under(refund, base64(payment))), "signature_mismatch"),
    bad("first-item-forged", "one item that does not hold spoils all", notification(under(refund, base64(payment)), right(payment)), "signature_mismatch"),
    bad("items-of-two-secrets-neither", "an item that nobody's secret signed", notification(right(payment, other)), "signature_mismatch"),
    bad("no-items", "an empty list proves nothing", notification(), "signature_missing"),
    bad("no-list", "a body without the list proves nothing", '{"live":"false"}', "signature_missing"),
    bad("signature-missing", "an item without a signature is refused", notification(payment), "signature_missing"),
    bad("second-signature-missing", "every item needs a signature", notification(right(payment), refund), "signature_missing"),
    bad("signature-twice", "two signatures in one item make the body ambiguous, even if both are right", notification(right(payment)).replace('{"hmacSignature"', `{"hmacSignature":"${base64(payment)}","hmacSignature"`), "body_ambiguous"),
    bad("no-secret", "a source without a secret accepts nothing", notification(right(payment)), "no_secret", { secrets: [] }),
    bad("not-json", "a body that is no JSON has no items", "notificationItems", "body_malformed"),
    shaped("signature-empty", "an empty signature is there and cannot be read", () => ""),
    shaped("hex-instead", "the right signature in hex is refused", (sum) => sum.toString("hex")),
    shaped("base64-unpadded", "the right signature without its padding is refused", (sum) => sum.toString("base64").replace("=", "")),
    shaped("trailing-garbage", "text after the right signature is not dropped silently", (sum) => sum.toString("base64") + "!"),
    shaped("signature-cut-in-half", "the first half of the right signature is refused", (sum) => sum.subarray(0, 16).toString("base64")),
    bad("key-as-text", "the key is what the hex says, and not its text", notification(under(payment, hmac("sha256", secret, signed(payment)).toString("base64"))), "signature_mismatch"),
    bad("digest-without-key", "a plain digest proves nothing", notification(under(payment, plain("sha256", signed(payment)).toString("base64"))), "signature_mismatch"),
    ...[["pspReference", "1"], ["originalReference", "1"], ["merchantAccountCode", "x"], ["merchantReference", "x"], ["amount", { currency: "EUR", value: 10101 }], ["eventCode", "CANCELLATION"], ["success", "false"]]
      .map(([name, value]) => bad(`${name.replace(/[A-Z]/, (c) => "-" + c.toLowerCase())}-changed`, `${name} is signed: another one breaks the signature`, notification({ ...right(payment), [name]: value }), "signature_mismatch")),
  ],
};
