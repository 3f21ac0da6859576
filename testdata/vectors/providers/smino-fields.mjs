// smino bodies whose two members cannot be read. The message cannot be formed
// without them, so these are refused before any comparison.
import { bad, body, bodyWith, digits, guid, iso, sign, send } from "../lib/smino.mjs";

const fields = (name, about, reject, members) => bad(name, about, reject, { body: bodyWith(members) });
const raw = (name, about, reject, text) => bad(name, about, reject, { body: text });
const notGuid = (name, about, id) => fields(`guid-${name}`, about, "field_malformed", { EventId: id, TimeStamp: iso });
const numeric = "12345678901234567890123456789012";
const bytes = (...parts) => Buffer.concat(parts.map((p) => Buffer.from(p)));

export const sminoFields = [
  fields("id-missing", "without EventId there is no message", "field_missing", { TimeStamp: iso }),
  fields("id-in-another-case", "EVENTID is none of the two spellings", "field_missing", { EVENTID: guid, TimeStamp: iso }),
  fields("id-only-nested", "a nested EventId does not count", "field_missing", { Task: { EventId: guid }, TimeStamp: iso }),
  fields("id-in-both-spellings", "EventId and eventId together: nobody can say which one was signed", "field_ambiguous", { EventId: guid, eventId: "91d2e7f4-0c5b-4b8a-a3e6-7f10d8c2b659", TimeStamp: iso }),
  fields("id-in-both-spellings-same", "both spellings are refused even if they agree", "field_ambiguous", { EventId: guid, eventId: guid, TimeStamp: iso }),
  fields("id-number", "an EventId that is a number is refused", "field_malformed", { EventId: 5, TimeStamp: iso }),
  bad("id-number-of-32-digits", "32 digits that are a number are no text, and other readers lose most of them", "field_malformed",
    { body: `{"EventId":${numeric},"TimeStamp":"${iso}"}`, headers: send(sign(numeric, iso)) }),
  fields("id-null", "an EventId that is null is refused", "field_malformed", { EventId: null, TimeStamp: iso }),
  fields("id-object", "an EventId that is an object is refused", "field_malformed", { EventId: { value: guid }, TimeStamp: iso }),
  fields("id-list", "an EventId in a list is refused", "field_malformed", { EventId: [guid], TimeStamp: iso }),

  notGuid("empty", "an empty EventId is no GUID", ""),
  notGuid("word", "a word is no GUID", "task-created-7"),
  notGuid("digit-missing", "31 digits are no GUID", digits.slice(1)),
  notGuid("digit-too-many", "33 digits are no GUID", digits + "0"),
  notGuid("letter-beyond-f", "g is no digit", digits.slice(0, -1) + "g"),
  notGuid("dashes-elsewhere", "dashes stand at their places", "5b0f3c8-e2a71-4d96-8f1d-6c2e9ab47d03"),
  notGuid("brace-unclosed", "a brace is closed", `{${guid}`),
  notGuid("brackets-mixed", "a brace is closed by a brace", `{${guid})`),
  notGuid("braces-around-digits", "braces stand around the form with dashes", `{${digits}}`),
  notGuid("urn", "urn:uuid: is no form of .NET's", `urn:uuid:${guid}`),
  notGuid("hexadecimal-form", "the form X of .NET is not supported", "{0x5b0f3c8e,0x2a71,0x4d96,{0x8f,0x1d,0x6c,0x2e,0x9a,0xb4,0x7d,0x03}}"),
  notGuid("spaces-around", "white space around the GUID is not trimmed", ` ${guid} `),

  fields("time-missing", "without TimeStamp there is no message", "timestamp_missing", { EventId: guid }),
  fields("time-in-both-spellings", "TimeStamp and timeStamp together: nobody can say which one was signed", "field_ambiguous", { EventId: guid, TimeStamp: iso, timeStamp: iso }),
  fields("time-null", "a TimeStamp that is null is refused", "field_malformed", { EventId: guid, TimeStamp: null }),
  fields("time-object", "a TimeStamp that is an object is refused", "field_malformed", { EventId: guid, TimeStamp: { value: iso } }),

  raw("id-twice", "a member EventId twice lets two readers see two ids", "body_ambiguous", `{"EventId":"${guid}","EventId":"91d2e7f4-0c5b-4b8a-a3e6-7f10d8c2b659","TimeStamp":"${iso}"}`),
  raw("id-twice-escaped", "an escaped name is the same name", "body_ambiguous", `{"EventId":"${guid}","Event\\u0049d":"${guid}","TimeStamp":"${iso}"}`),
  raw("time-twice", "a member TimeStamp twice lets two readers see two times", "body_ambiguous", `{"EventId":"${guid}","TimeStamp":"2019-06-01T00:00:00Z","TimeStamp":"${iso}"}`),
  raw("nested-name-twice", "duplicate names are refused anywhere in a body from which fields are read", "body_ambiguous", `{"EventId":"${guid}","TimeStamp":"${iso}","Task":{"Title":"a","Title":"b"}}`),
  raw("bom", "JSON does not begin with a byte order mark", "body_malformed", bytes([0xef, 0xbb, 0xbf], body)),
  raw("not-utf8", "readers replace invalid UTF-8 differently", "body_ambiguous", bytes(`{"EventId":"${guid}","TimeStamp":"${iso}","Note":"`, [0xff], `"}`)),

  raw("empty-body", "an empty body is not JSON", "body_malformed", ""),
  raw("not-json", "form fields are not JSON", "body_malformed", `EventId=${guid}&TimeStamp=${iso}`),
  raw("json-cut-off", "JSON that ends early is not JSON", "body_malformed", body.slice(0, -1)),
  raw("json-and-more", "text after the JSON value is not dropped", "body_malformed", body + "{}"),
  bad("field-missing-wrong-secret", "a message that cannot be formed is refused before any comparison", "field_missing",
    { body: bodyWith({ TimeStamp: iso }), headers: send(sign(digits, iso, "another secret")) }),
];
