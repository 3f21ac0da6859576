// The three versions of HubSpot's signature.
import { Signature } from "@hubspot/api-client";

export function verify({ pack, secret, method, url, headers, text }) {
  const signatureVersion = pack.slice(-2);
  const signature = headers[signatureVersion === "v3" ? "x-hubspot-signature-v3" : "x-hubspot-signature"];
  const timestamp = Number(headers["x-hubspot-request-timestamp"]);
  return { valid: Signature.isValid({ signatureVersion, signature, method, url, requestBody: text, clientSecret: secret, timestamp }) };
}

export function sign({ pack, secret, method, url, text, time }) {
  const version = pack.slice(-2);
  const timestamp = time * 1000;
  const signature = Signature.getSignature(method, version, { clientSecret: secret, requestBody: text, url, timestamp });
  return { headers: version === "v3" ? { "x-hubspot-signature-v3": signature, "x-hubspot-request-timestamp": String(timestamp) } : { "x-hubspot-signature": signature } };
}
