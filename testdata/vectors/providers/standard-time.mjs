// The time of Standard Webhooks: seconds since 1970, five minutes both ways.
import { bad, body, good, now, send, sign } from "../lib/standard.mjs";

// The digest is always over the text that is sent, so that the time alone
// decides.
const stated = (stamp) => ({ headers: send(sign(body, { stamp }), stamp) });
const malformed = (name, about, stamp) => bad(`timestamp-${name}`, about, "timestamp_malformed", stated(stamp));

export const standardTime = [
  good("timestamp-at-past-limit", "300 s back are within five minutes", stated(now - 300)),
  good("timestamp-at-future-limit", "300 s ahead are within five minutes", stated(now + 300)),
  bad("timestamp-too-old", "301 s back are beyond five minutes", "timestamp_too_old", stated(now - 301)),
  bad("timestamp-in-future", "301 s ahead are beyond five minutes", "timestamp_in_future", stated(now + 301)),
  bad("timestamp-zero", "1970 is a time, and long ago", "timestamp_too_old", stated(0)),
  malformed("milliseconds", "13 digits are milliseconds, not seconds of the year 57975", `${now}000`),
  good("tolerance-set", "a source may set another tolerance: 600 s back are within ten minutes", { ...stated(now - 600), settings: { tolerance: "10m" } }),
  bad("tolerance-set-too-old", "601 s back are beyond ten minutes", "timestamp_too_old", { ...stated(now - 601), settings: { tolerance: "10m" } }),

  malformed("empty", "an empty time is no time, though it was signed", ""),
  malformed("word", "a word is no time, though it was signed", "abc"),
  malformed("leading-zero", "the digest is over the verbatim text, and the text is read strictly: no leading zero", `0${now}`),
  malformed("leading-plus", "no sign before the digits", `+${now}`),
  malformed("negative", "a time before 1970 is not of the form", `-${now}`),
  malformed("decimal", "whole seconds alone", `${now}.0`),
  malformed("exponent", "no exponents", `${now}e0`),
  malformed("hexadecimal", "no hexadecimal digits", `0x${now.toString(16)}`),
  malformed("trailing-text", "text after the digits is not dropped", `${now}abc`),
  malformed("space-inside", "white space between the digits is not skipped", `${now}`.replace("2", " 2")),
  malformed("underscore", "no separators between the digits", "1_767_323_045"),
  malformed("beyond-64-bits", "a number that no machine word holds does not wrap around", "18446744075476874661"),
  malformed("iso", "RFC 3339 is not the unit", "2026-01-02T03:04:05Z"),

  bad("timestamp-replaced", "a fresh time in place of the signed one breaks the digest", "signature_mismatch", { headers: send(sign(body, { stamp: now - 900 }), now) }),
  bad("timestamp-normalised", "0… sent and signed without its zero: the verbatim text was not signed", "signature_mismatch", { headers: send(sign(body), `0${now}`) }),
  bad("timestamp-stale-wrong-secret", "the signature is judged before the time", "signature_mismatch", { headers: send(sign(body, { stamp: 0, with: "whsec_AAAA" }), 0) }),
  bad("timestamp-malformed-wrong-secret", "the signature is judged before the time is read", "signature_mismatch", { headers: send(sign(body, { stamp: "abc", with: "whsec_AAAA" }), "abc") }),
];
