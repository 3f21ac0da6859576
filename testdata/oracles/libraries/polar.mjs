import { SDKValidationError } from "@polar-sh/sdk/models/errors/sdkvalidationerror.js";
import { validateEvent, WebhookVerificationError } from "@polar-sh/sdk/webhooks";
import { refuses } from "../lib/refuses.mjs";

// The library verifies first, then reads the event as one of Polar's own: the
// bodies of the trial are none.
const verified = (fault) => fault instanceof SDKValidationError;

export const verify = ({ secret, headers, text }) => refuses(WebhookVerificationError, () => {
  try {
    validateEvent(text, headers, secret);
  } catch (fault) {
    if (!verified(fault)) throw fault;
  }
});
