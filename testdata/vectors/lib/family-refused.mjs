// The requests of a described scheme that are refused.
import { insert } from "./family-sender.mjs";

export function refused(sender) {
  const { d, keys, foreign } = sender;
  const list = [];
  const bad = (name, about, reject, how = {}, more = {}) => {
    sender.named.add(name);
    list.push({ name, about, ...sender.request(how), secrets: [keys[0].secret], reject, ...more });
  };
  const malformed = (name, about, how) => bad(name, about, "signature_malformed", how);
  const mismatch = (name, about, how, more) => bad(name, about, "signature_mismatch", how, more);

  bad("signature-missing", "a request without the signature is refused", "signature_missing", { header: () => undefined });
  bad("signature-twice", "two signature headers are refused even if both are right", "signature_ambiguous", { twice: true });
  malformed("signature-empty", "an empty signature header is there and cannot be read", { header: () => "" });
  bad("no-secret", "a source without a secret accepts nothing", "no_secret", {}, { secrets: [] });
  mismatch("wrong-secret", "what another secret signed matches nothing", { key: keys[2] });
  mismatch("neither-of-two-secrets", "with two secrets, a signature of a third matches neither", { key: keys[2] }, { secrets: [keys[0].secret, keys[1].secret] });
  if (d.prefix) malformed("prefix-missing", "the right signature without what stands before it is refused", { header: (_, sig) => sig });
  if (d.kind === "token") {
    mismatch("token-cut", "the beginning of the token is not the token", { alter: (b) => sender.encode(b.subarray(0, -1)) });
    mismatch("token-and-more", "the token with more behind it is not the token", { alter: (b) => sender.encode(Buffer.concat([b, Buffer.from("0")])) });
    return list;
  }
  shapes(sender, malformed);
  for (const f of foreign) {
    bad(f.name, f.about, f.reject, { foreign: f.sign });
  }
  if (sender.signs.body) {
    mismatch("body-changed", "another body breaks the signature", { signedBody: sender.sample(), body: insert(sender.sample()) });
    mismatch("body-final-newline-added", "a final newline that was added on the way breaks the signature", { signedBody: sender.sample(), body: sender.sample() + "\n" });
  }
  for (const name of sender.signs.headers.filter((h) => h !== sender.stamp?.header)) {
    const lower = name.toLowerCase();
    bad(`${lower}-missing`, `${name} is signed: a request without it is refused`, "field_missing", { edit: (h) => h.filter(([n]) => n !== name) });
    mismatch(`${lower}-changed`, `${name} is signed: another one breaks the signature`, { edit: (h) => h.map(([n, v]) => [n, n === name ? v + "x" : v]) });
  }
  if (sender.stamp) times(sender, bad, mismatch);
  return list;
}

// shapes are texts made from the right signature that are not it.
function shapes(sender, malformed) {
  const { encoding } = sender.d;
  const inHex = encoding === "hex" || encoding === "HEX";
  malformed("signature-cut-in-half", "the first half of the right signature is refused", { alter: (b) => sender.encode(b.subarray(0, b.length / 2)) });
  malformed("trailing-byte", "a byte after the right signature is refused", { alter: (b) => sender.encode(Buffer.concat([b, Buffer.from([0])])) });
  malformed("trailing-garbage", "text after the right signature is not dropped silently", { alter: (_, text) => text + "!" });
  if (inHex) {
    malformed("odd-length", "the right signature without its last digit is not hex", { alter: (_, text) => text.slice(0, -1) });
    malformed("base64-instead", "the right signature in base64 is refused", { alter: (b) => b.toString("base64") });
  } else {
    const lone = (b, text) => (text.endsWith("=") ? text.replace(/=+$/, "") : text.slice(0, -1));
    if (encoding === "base64") malformed("base64-unpadded", "the right signature without its padding is refused", { alter: lone });
    malformed("hex-instead", "the right signature in hex reads as base64 of another length", { alter: (b) => b.toString("hex") });
  }
}

function times(sender, bad, mismatch) {
  const { header, member, body } = sender.stamp;
  const tolerance = sender.stamp.tolerance ?? 300;
  const set = sender.stamp.tolerance ? {} : { settings: { tolerance: "5m" } };
  const timed = (name, about, reject, stamp) => bad(`timestamp-${name}`, about, `timestamp_${reject}`, { stamp }, set);
  timed("too-old", "one second beyond the tolerance", "too_old", sender.moment(-tolerance - 1));
  timed("in-future", "one second beyond the tolerance, ahead", "in_future", sender.moment(tolerance + 1));
  timed("malformed", "a word is no time, though it was signed", "malformed", "yesterday");
  if (header) {
    bad("timestamp-missing", "the time is signed: a request without it is refused", "timestamp_missing", { edit: (h) => h.filter(([n]) => n !== header) });
    bad("timestamp-twice", "two times are refused", "field_ambiguous", { edit: (h) => [...h, [header, sender.moment()]] });
  } else if (member) {
    const { separator = "," } = sender.d;
    const without = (text) => text.split(separator).filter((item) => !item.trim().startsWith(`${member}=`)).join(separator);
    bad("timestamp-missing", "the time is signed: a header without it is refused", "timestamp_missing", { header: without });
  } else if (body) {
    bad("timestamp-missing", "the time is in the body: one without it is refused", "timestamp_missing", { body: sender.sample(null) }, set);
  }
  mismatch("timestamp-changed", "another time than the signed one breaks the signature", body
    ? { signedBody: sender.sample(sender.moment(-1)), body: sender.sample() }
    : { signedStamp: sender.moment(-1) });
}
