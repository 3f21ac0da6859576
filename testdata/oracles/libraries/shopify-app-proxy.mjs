import "@shopify/shopify-api/adapters/node";
import { InvalidHmacError, LogSeverity, shopifyApi } from "@shopify/shopify-api";
import { refuses } from "../lib/refuses.mjs";

const fieldsOf = (url) => {
  const fields = {};
  for (const [name, value] of new URL(url).searchParams) fields[name] = name in fields ? [fields[name], value].flat() : value;
  return fields;
};

export async function verify({ secret, url }) {
  const api = shopifyApi({
    apiKey: "key", apiSecretKey: secret, apiVersion: "2026-01", hostName: "hooks.example", isEmbeddedApp: false, logger: { level: LogSeverity.Error },
  });
  let valid = false;
  const judged = await refuses(InvalidHmacError, async () => {
    valid = await api.utils.validateHmac(fieldsOf(url), { signator: "appProxy" });
  });
  return { valid: judged.valid && valid };
}
