import { EventCallbackHelper, EventCallbackRequest } from "@dropbox/sign";

// The one field of the form, which its sender writes.
const eventOf = (text) => JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1));

export const verify = ({ secret, text }) => ({ valid: EventCallbackHelper.isValid(secret, EventCallbackRequest.init(eventOf(text))) });

// The library signs nothing: the request of its own test fixtures is sent as it is.
export const sign = ({ bytes }) => ({ body: bytes.toString("base64") });
