// The requests of a described scheme that hold.
import { insert } from "./family-sender.mjs";

export function accepted(sender) {
  const { d, keys, stamp } = sender;
  const list = [];
  const good = (name, about, how = {}, { secrets = [keys[0].secret], secret, ...more } = {}) => {
    sender.named.add(name);
    const request = sender.request(how);
    const identity = sender.identity(request, secret === undefined ? {} : { secret });
    list.push({ name, about, ...request, secrets, accept: identity, ...more });
  };

  good("sample", "an event as the vendor sends it");
  good("second-of-two-secrets", "two secrets, and the second one signed", { key: keys[1] }, { secrets: [keys[0].secret, keys[1].secret], secret: 1 });
  if (d.encoding === "hex" || d.encoding === "HEX") {
    const other = d.encoding === "hex" ? (t) => t.toUpperCase() : (t) => t.toLowerCase();
    good("digest-in-the-other-case", "hex verifies in either case", { alter: (_, text) => other(text) });
  }
  if (!sender.signs.body) {
    good("body-changed", "the signature does not cover the body: another one is accepted", { signedBody: sender.sample(), body: insert(sender.sample()) });
  } else {
    const emoji = `"note":"Zoë 🦊 \\u00e9\\/","n":1.0`;
    good("emoji-and-escapes", "raw UTF-8, escapes and 1.0 are signed as sent", { body: insert(sender.sample(), emoji) });
    good("trailing-crlf", "a final CRLF belongs to the body", { body: sender.sample() + "\r\n" });
    if (sender.raw) {
      good("not-utf8", "bytes that are not UTF-8 are signed as they are", { body: Buffer.from([0xff, 0x2e, 0x80]) });
      good("empty-body", "an empty body is signed like any other", { body: "" });
    }
  }
  if (stamp?.tolerance) {
    good("timestamp-at-past-limit", `${stamp.tolerance} s back are within the tolerance`, { stamp: sender.moment(-stamp.tolerance) });
    good("timestamp-at-future-limit", `${stamp.tolerance} s ahead are within the tolerance`, { stamp: sender.moment(stamp.tolerance) });
  } else if (stamp) {
    good("old-without-tolerance", "the vendor documents no bound on the time: without a tolerance a year-old one is accepted", { stamp: sender.moment(-365 * 86400) });
  }
  return list;
}
