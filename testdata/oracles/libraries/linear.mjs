// The library takes the time from the body, which states the same one in every
// trial: it is asked at that moment.
import { LinearWebhookClient } from "@linear/sdk/webhooks";
import { refuses } from "../lib/refuses.mjs";

const moment = 1767323045000;

function atThatMoment(check) {
  const { now } = Date;
  Date.now = () => moment;
  try {
    return check();
  } finally {
    Date.now = now;
  }
}

export const verify = ({ secret, headers, bytes }) => refuses((fault) => fault.message === "Invalid webhook signature",
  () => atThatMoment(() => new LinearWebhookClient(secret).verify(bytes, headers["linear-signature"])));
