// What every scheme with a signed time in seconds and five minutes of tolerance
// has to accept and refuse. The scheme is described by
//   stated(stamp)   the headers of a request whose digest is over that very text
//   accept          what an accepted request is known by
//   body, secret
import { AT, unix } from "./scenario.mjs";

const now = unix(AT);

export function moments({ stated, accept, body, secret }) {
  const base = { body, secrets: [secret] };
  const holds = (name, about, stamp, more) => ({ ...base, name, about, headers: stated(stamp), accept, ...more });
  const fails = (name, about, reject, stamp, more) => ({ ...base, name, about, headers: stated(stamp), reject, ...more });
  const malformed = (name, about, stamp) => fails(`timestamp-${name}`, about, "timestamp_malformed", stamp);
  const ten = { settings: { tolerance: "10m" } };
  return [
    holds("timestamp-at-past-limit", "300 s back are within five minutes", now - 300),
    holds("timestamp-at-future-limit", "300 s ahead are within five minutes", now + 300),
    holds("tolerance-set", "a source may set another tolerance: 600 s back are within ten minutes", now - 600, ten),
    fails("tolerance-set-too-old", "601 s back are beyond ten minutes", "timestamp_too_old", now - 601, ten),
    fails("timestamp-too-old", "301 s back are beyond five minutes", "timestamp_too_old", now - 301),
    fails("timestamp-in-future", "301 s ahead are beyond five minutes, though the vendor's library may let them pass", "timestamp_in_future", now + 301),
    fails("timestamp-zero", "1970 is a time, and long ago", "timestamp_too_old", 0),
    malformed("milliseconds", "13 digits are milliseconds, not seconds of a far year", `${now}000`),
    malformed("word", "a word is no time, though it was signed", "abc"),
    malformed("leading-zero", "the digest is over the verbatim text, and the text is read strictly: no leading zero", `0${now}`),
    malformed("leading-plus", "no sign before the digits", `+${now}`),
    malformed("decimal", "whole seconds alone", `${now}.0`),
    malformed("exponent", "no exponents", `${now}e0`),
    malformed("hexadecimal", "no hexadecimal digits", `0x${now.toString(16)}`),
    malformed("trailing-text", "text after the digits is not dropped", `${now}abc`),
    malformed("iso", "RFC 3339 is not the unit", AT),
  ];
}
