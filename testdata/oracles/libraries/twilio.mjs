// Both schemes of Twilio: a form is signed field by field, a body of JSON by its
// digest in the URL.
import twilio from "twilio";

const formOf = (text) => {
  const fields = {};
  for (const [name, value] of new URLSearchParams(text)) {
    fields[name] = name in fields ? [fields[name], value].flat() : value;
  }
  return fields;
};

export const verify = ({ pack, secret, headers, url, text }) => ({
  valid: pack === "twilio"
    ? twilio.validateRequest(secret, headers["x-twilio-signature"], url, formOf(text))
    : twilio.validateRequestWithBody(secret, headers["x-twilio-signature"], url, text),
});

export function sign({ pack, secret, url, text }) {
  if (pack === "twilio") return { headers: { "x-twilio-signature": twilio.getExpectedTwilioSignature(secret, url, formOf(text)) } };
  const called = `${url}${url.includes("?") ? "&" : "?"}bodySHA256=${twilio.getExpectedBodyHash(text)}`;
  return { url: called, headers: { "x-twilio-signature": twilio.getExpectedTwilioSignature(secret, called, {}) } };
}
