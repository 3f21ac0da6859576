// Signatures that are a field of a form, and one over a form, of which most are known from
// somebody else's account.
import { hmac, plain } from "../lib/digest.mjs";
import { family } from "../lib/family.mjs";

const contentType = "application/x-www-form-urlencoded";
const encode = encodeURIComponent;
const fieldsOf = (body) => Object.fromEntries(new URLSearchParams(body.toString("utf8")));
const written = (fields) => Object.entries(fields).map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&");
const sorted = (fields) => Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));

// form are the scenarios of a signature that is a field: the other fields of a sample, how
// the message is made of them, which of them must be there and which may be missing.
function form({ id, field, fields, message, needed, optional = [], sum, settings, ...more }, further = () => []) {
  const description = {
    id, contentType, body: written(fields), covers: [], message: (view) => message(fieldsOf(view.body), view.secret),
    place: (body, text) => (text === undefined ? body : `${body}&${field}=${encode(text)}`), ...more,
  };
  // The signature is a field: a second one is a second field.
  const skip = [...(more.skip ?? []), "signature-twice"];
  const described = family({ ...description, skip })[id];
  const sample = described.find(({ name }) => name === "sample");
  const right = new URLSearchParams(sample.body).get(field);
  const other = (name, about, body, outcome) => ({ ...sample, name, about, body, accept: undefined, ...outcome });
  const bad = (name, about, body, reject) => other(name, about, body, { reject });
  const signed = `${field}=${encode(right)}`;
  const changed = [...needed, ...optional].map((name) =>
    bad(`${name}-changed`, `${name} is signed: another one breaks the signature`, `${written({ ...fields, [name]: `${fields[name] ?? ""}1` })}&${signed}`, "signature_mismatch"));
  const without = needed.map((name) => {
    const { [name]: _, ...rest } = fields;
    return bad(`${name}-missing`, `${name} is signed: a form without it is refused`, `${written(rest)}&${signed}`, "field_missing");
  });
  const twice = needed.slice(0, 1).map((name) => bad(`${name}-twice`, `${name} is signed: two of them are refused`, `${name}=0&${sample.body}`, "field_ambiguous"));
  const sent = (name, about, these, outcome) => {
    const text = sum(message(these, sample.secrets[0]));
    return other(name, about, `${written(these)}&${field}=${encode(text)}`, outcome);
  };
  const all = [
    bad("signature-twice", "two signatures are refused even if both are right", `${sample.body}&${signed}`, "signature_ambiguous"),
    bad("not-a-form", "a body that is not declared to be a form has no signature", sample.body, "signature_missing"),
    ...changed, ...without, ...twice, ...further({ sample, fields, sent, bad, signed }), ...described,
  ].map((s) => (s.name === "not-a-form" ? { ...s, headers: [["Content-Type", "text/plain"]] } : s));
  return { [id]: settings ? all.map((s) => ({ ...s, settings: { ...settings, ...s.settings } })) : all };
}

const hashed = (algorithm, encoding) => (message) => {
  const text = plain(algorithm, message).toString(encoding.toLowerCase());
  return encoding === "HEX" ? text.toUpperCase() : text;
};
const digest = (algorithm, encoding) => ({ kind: "digest", algorithm, encoding, sum: hashed(algorithm, encoding) });

const skrill = form({
  id: "skrill", field: "md5sig", ...digest("md5", "HEX"), needed: ["merchant_id", "mb_amount", "mb_currency", "status"], optional: ["transaction_id"],
  fields: { pay_to_email: "merchant@example.com", merchant_id: "100005", transaction_id: "A205220", mb_transaction_id: "200234", mb_amount: "25.46", mb_currency: "GBP", status: "2" },
  message: (f, secret) => `${f.merchant_id}${f.transaction_id ?? ""}${hashed("md5", "HEX")(secret)}${f.mb_amount}${f.mb_currency}${f.status}`,
}, ({ fields: { transaction_id: _, ...rest }, sent, sample, fields }) => [
  sent("without-transaction-id", "a payment that the merchant gave no id", rest, { accept: sample.accept }),
  sent("cancelled", "a status below zero is signed as it is written", { ...fields, status: "-1" }, { accept: sample.accept }),
]);

const dotpayFields = ["id", "control", "t_id", "amount", "email", "service", "code", "username", "password", "t_status"];
const dotpay = form({
  id: "dotpay", field: "md5", ...digest("md5", "hex"), needed: ["id", "t_id", "amount", "t_status"], optional: ["control", "email", "service", "code", "username", "password"],
  fields: { id: "42655", status: "OK", control: "c-1", t_id: "42655-TST1", amount: "100.00", email: "ada@example.com", t_status: "2", description: "Zoë" },
  message: (f, secret) => [secret, ...dotpayFields.map((name) => f[name] ?? "")].join(":"),
});

const operation = "<response><order_id>o-1</order_id><status>success</status><amount>1.50</amount><description>Zoë</description></response>";
const liqpay = form({
  id: "liqpay-v1", field: "signature", ...digest("sha1", "base64"), needed: [], fields: { operation_xml: Buffer.from(operation).toString("base64") },
  message: (f, secret) => `${secret}${Buffer.from(f.operation_xml, "base64").toString("utf8")}${secret}`,
}, ({ bad, signed, sent }) => [
  bad("operation-changed", "another notification breaks the signature", `operation_xml=${encode(Buffer.from(operation.replace("1.50", "0.01")).toString("base64"))}&${signed}`, "signature_mismatch"),
  bad("operation-missing", "a form without a notification is refused", `a=b&${signed}`, "field_missing"),
  bad("operation-twice", "two notifications are refused", `operation_xml=YQ%3D%3D&operation_xml=YQ%3D%3D&${signed}`, "field_ambiguous"),
  bad("operation-not-base64", "a notification that is not base64 is refused", `operation_xml=%3Ca%3E&${signed}`, "field_malformed"),
  sent("operation-with-line-breaks", "base64 in several lines is refused, though its text was signed", { operation_xml: Buffer.from(operation).toString("base64").replace(/.{60}/g, "$&\n") }, { reject: "field_malformed" }),
]);

const molpay = form({
  id: "molpay", field: "skey", ...digest("md5", "hex"), needed: ["paydate", "domain", "tranID", "orderid", "status", "amount", "currency"], optional: ["appcode"],
  fields: { nbcb: "1", amount: "1.10", orderid: "DEMO-1", tranID: "3109", domain: "merchant", status: "00", currency: "MYR", appcode: "A1", paydate: "2026-01-02 11:04:05", channel: "fpx" },
  message: (f, secret) => `${f.paydate}${f.domain}${hashed("md5", "hex")(`${f.tranID}${f.orderid}${f.status}${f.domain}${f.amount}${f.currency}`)}${f.appcode ?? ""}${secret}`,
}, ({ fields: { appcode: _, ...rest }, sent, sample }) => [
  sent("without-appcode", "a payment that failed has no code of approval", { ...rest, status: "11" }, { accept: sample.accept }),
]);

const udf = ["udf10", "udf9", "udf8", "udf7", "udf6", "udf5", "udf4", "udf3", "udf2", "udf1"];
const payu = form({
  id: "payu-in", field: "hash", ...digest("sha512", "hex"), needed: ["status", "productinfo", "amount", "txnid", "key"], optional: ["email", "firstname", "udf1", "udf5", "udf10"],
  fields: { mihpayid: "403993715521899234", key: "JPM7Fg", txnid: "T1", status: "success", amount: "1500.00", productinfo: "Premium", firstname: "Priya", email: "priya@example.com", udf1: "a", udf2: "" },
  message: (f, secret) => [secret, f.status, ...[...udf, "email", "firstname"].map((name) => f[name] ?? ""), f.productinfo, f.amount, f.txnid, f.key].join("|"),
}, ({ fields, sent, sample }) => [
  sent("all-fields-of-the-merchant", "ten fields are the merchant's own", { ...fields, ...Object.fromEntries(udf.map((name, i) => [name, `v${i}`])) }, { accept: sample.accept }),
]);

const twoCheckout = form({
  id: "2checkout", field: "md5_hash", ...digest("md5", "HEX"), needed: ["sale_id", "vendor_id", "invoice_id"], type: "form.message_type", eventId: "form.message_id",
  fields: { message_type: "ORDER_CREATED", message_id: "15", vendor_id: "532001", sale_id: "4774380224", invoice_id: "4774380233", invoice_status: "approved" },
  message: (f, secret) => `${f.sale_id}${f.vendor_id}${f.invoice_id}${secret}`,
}, ({ fields, sent, sample }) => [
  sent("another-message-of-the-invoice", "the signature says nothing of the message: another one of the invoice has the same", { ...fields, message_type: "FRAUD_STATUS_CHANGED", message_id: "16" }, {
    accept: { ...sample.accept, type: "FRAUD_STATUS_CHANGED", id: "16" },
  }),
]);

const ipay88 = form({
  id: "ipay88", field: "Signature", ...digest("sha1", "base64"), needed: ["MerchantCode", "PaymentId", "RefNo", "Amount", "Currency", "Status"],
  fields: { MerchantCode: "ipay88merchant", PaymentId: "2", RefNo: "A00000001", Amount: "1,200.50", Currency: "MYR", TransId: "T123", Status: "1" },
  message: (f, secret) => `${secret}${f.MerchantCode}${f.PaymentId}${f.RefNo}${f.Amount.replace(/[.,]/g, "")}${f.Currency}${f.Status}`,
});

const realexFields = ["TIMESTAMP", "MERCHANT_ID", "ORDER_ID", "RESULT", "MESSAGE", "PASREF", "AUTHCODE"];
const realex = form({
  id: "realex", field: "SHA1HASH", ...digest("sha1", "hex"), needed: ["TIMESTAMP", "MERCHANT_ID", "ORDER_ID", "RESULT", "MESSAGE"], optional: ["PASREF", "AUTHCODE"],
  fields: { RESULT: "00", AUTHCODE: "12345", MESSAGE: "[ test system ] Authorised", PASREF: "14610544313177922", ORDER_ID: "o-1", TIMESTAMP: "20260102030405", AMOUNT: "3000", MERCHANT_ID: "MerchantId" },
  message: (f, secret) => `${hashed("sha1", "hex")(realexFields.map((name) => f[name] ?? "").join("."))}.${secret}`,
}, ({ fields: { AUTHCODE: _, ...rest }, sent, sample }) => [
  sent("declined", "a payment that was declined has no code of approval", { ...rest, RESULT: "101", MESSAGE: "Declined" }, { accept: sample.accept }),
]);

const paydollarFields = ["src", "prc", "successcode", "Ref", "PayRef", "Cur", "Amt", "payerAuth"];
const paydollar = form({
  id: "paydollar", field: "secureHash", ...digest("sha1", "hex"), needed: ["src", "prc", "successcode", "Ref", "PayRef", "Cur", "Amt"], optional: ["payerAuth"],
  fields: { prc: "0", src: "0", Ord: "12345678", Ref: "o-1", PayRef: "1151791", successcode: "0", Amt: "1.5", Cur: "344", payerAuth: "U" },
  message: (f, secret) => [...paydollarFields.map((name) => f[name] ?? ""), secret].join("|"),
}, ({ sample, bad, signed }) => {
  const listed = (text) => sample.body.replace(signed, text);
  const right = signed.split("=")[1];
  const none = "0".repeat(40);
  return [
    { ...sample, name: "second-of-two-signatures", about: "a list of signatures, of which one that matches is enough", body: listed(`secureHash=${none}%2C${right}`) },
    bad("neither-of-two-signatures", "of two signatures neither matches", listed(`secureHash=${none}%2C${none}`), "signature_mismatch"),
  ];
});

const webmoneyFields = ["LMI_PAYEE_PURSE", "LMI_PAYMENT_AMOUNT", "LMI_PAYMENT_NO", "LMI_MODE", "LMI_SYS_INVS_NO", "LMI_SYS_TRANS_NO", "LMI_SYS_TRANS_DATE"];
const payer = ["LMI_PAYER_PURSE", "LMI_PAYER_WM"];
const webmoney = form({
  id: "webmoney", field: "LMI_HASH", ...digest("sha256", "HEX"), needed: [...webmoneyFields, ...payer],
  fields: {
    LMI_MODE: "0", LMI_PAYMENT_AMOUNT: "1.50", LMI_PAYEE_PURSE: "Z145179295679", LMI_PAYMENT_NO: "7", LMI_PAYER_WM: "809399319852", LMI_PAYER_PURSE: "Z133417776395",
    LMI_SYS_INVS_NO: "281", LMI_SYS_TRANS_NO: "558", LMI_SYS_TRANS_DATE: "20260102 06:04:05", LMI_PAYMENT_DESC: "Zoë",
  },
  message: (f, secret) => [...webmoneyFields.map((name) => f[name]), secret, ...payer.map((name) => f[name])].join(""),
}, ({ sample, bad }) => [
  { ...sample, name: "prerequest", about: "whether a payment may take place is asked without a signature", body: "LMI_PREREQUEST=1&LMI_PAYMENT_NO=7", accept: undefined,
    challenge: { covers: [], secret: null, reply: { status: 200, type: "text/plain", body: "YES" } } },
  bad("prerequest-of-another-kind", "another value of LMI_PREREQUEST asks nothing", "LMI_PREREQUEST=2&LMI_PAYMENT_NO=7", "signature_missing"),
]);

const script = "platron";
const platron = form({
  id: "platron", field: "pg_sig", ...digest("md5", "hex"), needed: [], settings: { script },
  fields: { pg_salt: "s4lt", pg_order_id: "o-1", pg_payment_id: "765432", pg_amount: "15.00", pg_result: "1", pg_description: "Zoë; 🦊" },
  message: (f, secret) => [script, ...sorted(f).map(([, value]) => value), secret].join(";"),
}, ({ fields, bad, signed, sample }) => [
  bad("amount-changed", "another value breaks the signature", `${written({ ...fields, pg_amount: "0.15" })}&${signed}`, "signature_mismatch"),
  { ...sample, name: "renamed", about: "names are not signed: another name in the same place of the order has the same signature", body: sample.body.replace("pg_payment_id", "pg_payment_it") },
  { ...bad("other-script", "the name of the script is signed", sample.body, "signature_mismatch"), settings: { script: "other" } },
  bad("bad-percent", "a form that two readers could read in two ways is refused", `${sample.body}&a=%zz`, "signature_malformed"),
]);

// PayKickstart trims values before it signs them, which the pack cannot.
const paykickstart = form({
  id: "paykickstart", field: "hash", algorithm: "sha1", needed: [], skip: ["trailing-crlf"], sum: (message) => hmac("sha1", "paykickstart secret é", message).toString("hex"),
  fields: { verification_code: "v-1", event: "sales", mode: "test", transaction_id: "PK-1", amount: "10.00", affiliate_commission_amount: "0", coupon_code: "", buyer_first_name: "Zoë" },
  message: (f) => sorted(f).filter(([name, value]) => name !== "verification_code" && value !== "" && value !== "0").map(([, value]) => value.trim()).join("|"),
}, ({ fields, sent, bad, signed, sample }) => [
  bad("amount-changed", "another value breaks the signature", `${written({ ...fields, amount: "0.01" })}&${signed}`, "signature_mismatch"),
  { ...sample, name: "verification-code-changed", about: "the code is not signed", body: sample.body.replace("v-1", "v-2") },
  { ...sample, name: "empty-field-added", about: "what is empty or 0 is not signed", body: `a=&b=0&${sample.body}` },
  sent("white-space-around", "a value with white space around it, which is signed without it, is refused", { ...fields, buyer_first_name: " Zoë" }, { reject: "signature_mismatch" }),
]);

const mailgun = family({
  id: "mailgun-legacy", contentType, stamp: { body: true, unit: "s", tolerance: null }, covers: ["time"], type: "form.event",
  body: ({ stamp }) => `event=delivered&recipient=ada%40example.com&token=a8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0${stamp ? `&timestamp=${stamp}` : ""}`,
  message: ({ body }) => { const { timestamp, token } = fieldsOf(body); return `${timestamp}${token}`; },
  place: (body, text) => (text === undefined ? body : `${body}&signature=${encode(text)}`),
  // The signature is a field: a second one is a second field.
  skip: ["signature-twice"],
}, [
  {
    name: "signature-twice", about: "two signatures are refused, as a variable of that name makes them", headers: [["Content-Type", contentType]],
    body: `token=a&timestamp=1767323045&signature=${"0".repeat(64)}&signature=${"0".repeat(64)}`, secrets: ["s"], reject: "signature_ambiguous",
  },
  {
    name: "token-missing", about: "the token is signed: a form without it is refused", headers: [["Content-Type", contentType]],
    body: `timestamp=1767323045&signature=${"0".repeat(64)}`, secrets: ["s"], reject: "field_missing",
  },
]);

const events = `mandrill_events=${encode('[{"event":"send","_id":"e-1","msg":{"subject":"Zoë 🦊"}}]')}`;
const ofURL = (path) => [["Content-Type", contentType], ["X-Mandrill-Signature", hmac("sha1", "s", `https://hookseal.example${path}`).toString("base64")]];
const mandrill = family({
  id: "mandrill", header: "X-Mandrill-Signature", algorithm: "sha1", encoding: "base64", contentType, body: events, covers: [], raw: false,
  message: ({ url, body }) => url + sorted(fieldsOf(body)).map(([name, value]) => name + value).join(""),
}, [
  { name: "no-fields", about: "a test has an empty form, and its URL is signed alone", headers: ofURL("/in/mandrill"), body: "", secrets: ["s"], accept: { covers: [] } },
  {
    name: "another-path", about: "the URL is signed: another path breaks the signature", target: "/in/mandrill/other", headers: ofURL("/in/mandrill"), body: "",
    secrets: ["s"], reject: "signature_mismatch",
  },
  {
    name: "not-a-form", about: "a body that is not declared to be a form is refused", headers: [["Content-Type", "text/plain"], ...ofURL("/in/mandrill").slice(1)], body: events,
    secrets: ["s"], reject: "field_malformed",
  },
  { name: "head", about: "before a webhook is made its URL is asked by HEAD", method: "HEAD", headers: [], body: "", secrets: ["s"], challenge: { covers: [], secret: null, reply: { status: 200, type: "", body: "" } } },
]);

export default { ...skrill, ...dotpay, ...liqpay, ...molpay, ...payu, ...twoCheckout, ...ipay88, ...webmoney, ...realex, ...paydollar, ...platron, ...paykickstart, ...mailgun, ...mandrill };
