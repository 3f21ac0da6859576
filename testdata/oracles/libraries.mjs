// Each library behind the same two functions, verify and sign; those that only
// verify have no sign.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as octokit from "@octokit/webhooks-methods";
import "@shopify/shopify-api/adapters/node";
import { LogSeverity, shopifyApi } from "@shopify/shopify-api";
import { verifyKey } from "discord-interactions";
import * as standard from "standardwebhooks";
import Stripe from "stripe";
import * as svixLibrary from "svix";
import twilioLibrary from "twilio";

const require = createRequire(import.meta.url);
// Bolt does not export the one function that knows no HTTP server.
const bolt = require(join(dirname(require.resolve("@slack/bolt/package.json")), "dist/receivers/verify-request.js"));

// refuses turns a library's way of refusing, which is to throw its own error,
// into an answer. Any other fault goes on.
const refuses = (kind, check) => {
  try {
    check();
    return { valid: true };
  } catch (fault) {
    if (fault instanceof kind) return { valid: false };
    throw fault;
  }
};

export const stripe = {
  verify: ({ secret, headers, bytes }) => refuses(Stripe.errors.StripeSignatureVerificationError,
    () => Stripe.webhooks.constructEvent(bytes, headers["stripe-signature"], secret)),
  sign: ({ secret, text, time }) => ({
    headers: { "stripe-signature": Stripe.webhooks.generateTestHeaderString({ payload: text, secret, timestamp: time }) },
  }),
};

export const github = {
  verify: async ({ secret, headers, text }) => ({ valid: await octokit.verify(secret, text, headers["x-hub-signature-256"]) }),
  sign: async ({ secret, text }) => ({ headers: { "x-hub-signature-256": await octokit.sign(secret, text) } }),
};

export const slack = {
  verify: ({ secret, headers, text }) => ({
    valid: bolt.isValidSlackRequest({
      signingSecret: secret, body: text,
      headers: { "x-slack-signature": headers["x-slack-signature"], "x-slack-request-timestamp": Number(headers["x-slack-request-timestamp"]) },
    }),
  }),
};

export const shopify = {
  verify: async ({ secret, headers, text, url }) => {
    const api = shopifyApi({
      apiKey: "key", apiSecretKey: secret, apiVersion: "2026-01", hostName: "hooks.example", isEmbeddedApp: false,
      logger: { level: LogSeverity.Error },
    });
    const verdict = await api.webhooks.validate({ rawBody: text, rawRequest: { method: "POST", url: new URL(url).pathname, headers } });
    // A fault of the request beside its signature would pass for a refusal.
    if (!verdict.valid && verdict.reason !== "invalid_hmac") throw new Error(`the library refuses for ${JSON.stringify(verdict)}`);
    return { valid: verdict.valid };
  },
};

const formOf = (text) => {
  const fields = {};
  for (const [name, value] of new URLSearchParams(text)) {
    fields[name] = name in fields ? [fields[name], value].flat() : value;
  }
  return fields;
};

export const twilio = {
  verify: ({ secret, headers, url, text }) => ({
    valid: twilioLibrary.validateRequest(secret, headers["x-twilio-signature"], url, formOf(text)),
  }),
  sign: ({ secret, url, text }) => ({
    headers: { "x-twilio-signature": twilioLibrary.getExpectedTwilioSignature(secret, url, formOf(text)) },
  }),
};

export const twilioJSON = {
  verify: ({ secret, headers, url, text }) => ({
    valid: twilioLibrary.validateRequestWithBody(secret, headers["x-twilio-signature"], url, text),
  }),
  sign: ({ secret, url, text }) => {
    const called = `${url}${url.includes("?") ? "&" : "?"}bodySHA256=${twilioLibrary.getExpectedBodyHash(text)}`;
    return { url: called, headers: { "x-twilio-signature": twilioLibrary.getExpectedTwilioSignature(secret, called, {}) } };
  },
};

export const discord = {
  verify: async ({ secret, headers, bytes }) => ({
    valid: await verifyKey(bytes, headers["x-signature-ed25519"], headers["x-signature-timestamp"], secret),
  }),
};

const webhooks = ({ Webhook, WebhookVerificationError }) => ({
  verify: ({ secret, headers, text }) => refuses(WebhookVerificationError, () => new Webhook(secret).verify(text, headers)),
  sign: ({ secret, text, id, time }) => ({
    headers: {
      "webhook-id": id, "webhook-timestamp": String(time),
      "webhook-signature": new Webhook(secret).sign(id, new Date(time * 1000), text),
    },
  }),
});

export const standardwebhooks = webhooks(standard);
export const svix = webhooks(svixLibrary);
