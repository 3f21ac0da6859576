// smino with a tolerance, which a source may set.
import { bad, bodyWith, digits, good, guid, invariant, send, sign } from "../lib/smino.mjs";

const settings = { tolerance: "5m" };
const stated = (time, signed = time) => ({
  settings, body: bodyWith({ EventId: guid, TimeStamp: time }), headers: send(sign(digits, signed)),
});
const within = (name, about, time, signed, accept) => good(`tolerance-${name}`, about, { ...stated(time, signed), accept });
const beyond = (name, about, reject, time, signed) => bad(`tolerance-${name}`, about, reject, stated(time, signed));
const dotnet = { candidate: "dotnet" };

export const sminoTime = [
  within("now", "a time of this second", "2026-01-02T03:04:05Z"),
  within("past-limit", "300 s back are within five minutes", "2026-01-02T02:59:05Z"),
  within("future-limit", "300 s ahead are within five minutes", "2026-01-02T03:09:05Z"),
  within("invariant-past-limit", "a .NET time is read as UTC, month first: 300 s back", "01/02/2026 02:59:05"),
  within("invariant-future-limit", "a .NET time 300 s ahead", "01/02/2026 03:09:05"),
  within("without-zone", "an ISO time without a zone is UTC, never local time: 300 s back", "2026-01-02T02:59:05"),
  within("offset", "an offset is honoured", "2026-01-02T04:04:05+01:00"),
  within("signed-as-invariant", "an ISO time whose invariant form was signed, 300 s back", "2026-01-02T02:59:05Z", "01/02/2026 02:59:05", dotnet),

  beyond("too-old", "301 s back are beyond five minutes", "timestamp_too_old", "2026-01-02T02:59:04Z"),
  beyond("too-old-by-a-fraction", "a fraction of a second beyond five minutes is beyond", "timestamp_too_old", "2026-01-02T02:59:04.9999999Z"),
  beyond("in-future", "301 s ahead are beyond five minutes", "timestamp_in_future", "2026-01-02T03:09:06Z"),
  beyond("invariant-too-old", "a .NET time 301 s back", "timestamp_too_old", "01/02/2026 02:59:04"),
  beyond("invariant-in-future", "a .NET time 301 s ahead", "timestamp_in_future", "01/02/2026 03:09:06"),
  beyond("invariant-month-first", "02/01/2026 is the first of February, not the second of January", "timestamp_in_future", "02/01/2026 03:04:05"),
  beyond("signed-as-invariant-too-old", "the limit holds for the second form too", "timestamp_too_old", "2026-01-02T02:59:04Z", "01/02/2026 02:59:04"),
  beyond("offset-too-old", "an offset that hides an hour does not help", "timestamp_too_old", "2026-01-02T03:04:05+01:00"),

  beyond("word", "a word is no time, though it was signed", "timestamp_malformed", "yesterday"),
  beyond("empty", "an empty time is no time, though it was signed", "timestamp_malformed", ""),
  beyond("unix-seconds", "seconds since 1970 are not a form of smino's", "timestamp_malformed", "1767323045"),
  beyond("month-thirteen", "there is no month 13: day and month are not swapped to make sense", "timestamp_malformed", "13/01/2026 03:04:05"),
  beyond("american-clock", "AM and PM are not the invariant form", "timestamp_malformed", "1/2/2026 3:04:05 AM"),
  beyond("trailing-text", "text after the time is not dropped", "timestamp_malformed", "2026-01-02T03:04:05Z x"),
  bad("tolerance-stale-wrong-secret", "the signature is judged before the time", "signature_mismatch",
    { ...stated("2019-06-01T00:00:00Z"), headers: send(sign(digits, "2019-06-01T00:00:00Z", "another secret")) }),
  bad("tolerance-time-replaced", "a fresh time in place of the signed one breaks the digest", "signature_mismatch",
    { ...stated("2026-01-02T03:04:05Z"), headers: send(sign(digits, "01/02/2026 01:00:00")) }),
  bad("time-rounded-up", "the invariant form drops decimals: the next second was not signed", "signature_mismatch",
    { ...stated("2026-01-02T03:04:04.9999999Z", invariant), settings: undefined }),
];
