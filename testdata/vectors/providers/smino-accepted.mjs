// smino requests that hold, the time aside.
import { sample } from "../lib/scenario.mjs";
import { body, bodyWith, digits, good, guid, header, invariant, iso, secret, send, sign } from "../lib/smino.mjs";
import { json } from "../lib/scenario.mjs";

const spelled = (name, about, fields) => good(name, about, { body: bodyWith(fields) });
const guidAs = (form, about, text) => good(`guid-${form}`, about, { body: bodyWith({ EventId: text, TimeStamp: iso }) });
const uploaded = "91d2e7f40c5b4b8aa3e67f10d8c2b659";

const dotnet = (name, about, time, signed) =>
  good(name, about, { body: bodyWith({ EventId: guid, TimeStamp: time }), headers: send(sign(digits, signed)), accept: { candidate: "dotnet" } });
const verbatim = (name, about, time) =>
  good(name, about, { body: bodyWith({ EventId: guid, TimeStamp: time }), headers: send(sign(digits, time)) });

export const sminoAccepted = [
  good("sample-task-created", "a sample event: EventId in 32 digits and the TimeStamp as sent", { body: sample("smino", "task-created") }),
  good("sample-document-uploaded", "a sample event in camel case with a .NET time",
    { body: sample("smino", "document-uploaded"), headers: send(sign(uploaded, invariant)), accept: { id: uploaded } }),

  spelled("names-pascal", "EventId and TimeStamp", { EventId: guid, TimeStamp: iso }),
  spelled("names-camel", "eventId and timeStamp", { eventId: guid, timeStamp: iso }),
  spelled("names-mixed", "EventId and timeStamp", { EventId: guid, timeStamp: iso }),
  spelled("names-mixed-other", "eventId and TimeStamp", { eventId: guid, TimeStamp: iso }),
  spelled("names-of-other-case-beside", "a member eventid is none of the two spellings and does not disturb", { EventId: guid, TimeStamp: iso, eventid: "x", TIMESTAMP: "y" }),
  spelled("names-nested-beside", "only members of the outermost object count", { EventId: guid, TimeStamp: iso, Task: { EventId: "x", eventId: "y", TimeStamp: "z" } }),

  guidAs("digits", "a GUID in the form N, 32 digits", digits),
  guidAs("braces", "a GUID in the form B, in braces", `{${guid}}`),
  guidAs("parentheses", "a GUID in the form P, in parentheses", `(${guid})`),
  guidAs("capitals", "a GUID in capitals is signed in lower case; the id is the same id", guid.toUpperCase()),
  guidAs("digits-in-capitals", "32 digits in capitals are signed in lower case", digits.toUpperCase()),

  verbatim("time-invariant", "a .NET time is signed as sent", invariant),
  verbatim("time-with-fraction", "seven decimals, as .NET serialises a UTC time, are signed as sent", "2026-01-02T03:04:05.1234567Z"),
  verbatim("time-with-offset", "a time with an offset is signed as sent", "2026-01-02T04:04:05+01:00"),
  verbatim("time-long-ago", "without a tolerance an old event is accepted", "2019-06-01T00:00:00Z"),
  verbatim("time-without-zone", "without a tolerance a time without a zone is signed text like any other", "2026-01-02T03:04:05"),
  dotnet("time-signed-as-invariant", "an ISO time whose .NET invariant form was signed", iso, invariant),
  dotnet("time-fraction-signed-as-invariant", "the invariant form drops decimals and does not round", "2026-01-02T03:04:05.9999999Z", invariant),
  dotnet("time-without-zone-signed-as-invariant", "an ISO time without a zone is UTC", "2026-01-02T03:04:05", invariant),
  dotnet("time-afternoon-signed-as-invariant", "the invariant form counts 24 hours", "2026-12-31T23:59:59Z", "12/31/2026 23:59:59"),
  dotnet("time-midnight-signed-as-invariant", "the invariant form pads with zeros", "2026-03-04T00:00:00.000Z", "03/04/2026 00:00:00"),

  good("digest-in-lower-case", "either case of hex verifies", { headers: send(sign(digits, iso).toLowerCase()) }),
  good("digest-in-mixed-case", "either case of every digit verifies", { headers: send(sign(digits, iso).slice(0, 64) + sign(digits, iso).slice(64).toLowerCase()) }),
  good("header-name-in-capitals", "header names have no case", { headers: [json, [header.toUpperCase(), sign(digits, iso)]] }),
  good("body-changed-elsewhere", "the digest covers two members and nothing else: any other change of the body is not seen, which is why covers lacks body and a source has to opt in",
    { body: body.replace("TaskCreated", "TaskDeleted") }),
  good("body-formatted-otherwise", "white space and order are not covered", { body: `{\r\n  "TimeStamp" : "${iso}",\r\n  "EventId" : "${guid}"\r\n}\r\n` }),
  good("escaped-members", "names and values are read as JSON: escapes are no other text", { body: `{"Event\\u0049d":"\\u0035${guid.slice(1)}","TimeStamp":"01\\/02\\/2026 03:04:05"}`, headers: send(sign(digits, invariant)) }),
  good("first-of-two-secrets", "two secrets, and the first one signed", { secrets: [secret, "the next secret"], accept: { secret: 0 } }),
  good("second-of-two-secrets", "two secrets, and the second one signed", { secrets: ["the next secret", secret], accept: { secret: 1 } }),
  good("second-secret-signed-as-invariant", "every form is tried under every secret", { secrets: ["the next secret", secret], headers: send(sign(digits, invariant)), accept: { candidate: "dotnet", secret: 1 } }),
  good("non-ascii-secret", "the secret enters the message as UTF-8", { secrets: ["Geheimnis-für-smino-🔐"], headers: send(sign(digits, iso, "Geheimnis-für-smino-🔐")) }),
  good("secret-with-dots", "dots in the secret are part of it", { secrets: ["a.b.c"], headers: send(sign(digits, iso, "a.b.c")) }),
];
