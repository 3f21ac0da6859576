// The library signs notifications of its own making alone.
import braintree from "braintree";
import { refuses } from "../lib/refuses.mjs";

const gateway = (privateKey) => new braintree.BraintreeGateway({
  environment: braintree.Environment.Sandbox, merchantId: "merchant", publicKey: "integration_public_key", privateKey,
});

export function verify({ secret, text }) {
  const form = new URLSearchParams(text);
  return refuses((fault) => fault.type === braintree.errorTypes.invalidSignatureError,
    () => gateway(secret).webhookNotification.parse(form.get("bt_signature"), form.get("bt_payload")));
}

export async function sign({ secret }) {
  const fields = await gateway(secret).webhookTesting.sampleNotification(braintree.WebhookNotification.Kind.Check, "id");
  return { body: Buffer.from(new URLSearchParams(fields).toString()).toString("base64") };
}
