import Stripe from "stripe";
import { refuses } from "../lib/refuses.mjs";

export const verify = ({ secret, headers, bytes }) => refuses(Stripe.errors.StripeSignatureVerificationError,
  () => Stripe.webhooks.constructEvent(bytes, headers["stripe-signature"], secret));

export const sign = ({ secret, text, time }) => ({
  headers: { "stripe-signature": Stripe.webhooks.generateTestHeaderString({ payload: text, secret, timestamp: time }) },
});
