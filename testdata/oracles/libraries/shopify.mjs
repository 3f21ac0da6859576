import "@shopify/shopify-api/adapters/node";
import { LogSeverity, shopifyApi } from "@shopify/shopify-api";

export async function verify({ secret, headers, text, url }) {
  const api = shopifyApi({
    apiKey: "key", apiSecretKey: secret, apiVersion: "2026-01", hostName: "hooks.example", isEmbeddedApp: false,
    logger: { level: LogSeverity.Error },
  });
  const verdict = await api.webhooks.validate({ rawBody: text, rawRequest: { method: "POST", url: new URL(url).pathname, headers } });
  // A fault of the request beside its signature would pass for a refusal.
  if (!verdict.valid && verdict.reason !== "invalid_hmac") throw new Error(`the library refuses for ${JSON.stringify(verdict)}`);
  return { valid: verdict.valid };
}
