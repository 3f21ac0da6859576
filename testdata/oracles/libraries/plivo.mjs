import { createHmac } from "node:crypto";
import { parse } from "node:querystring";
import plivo from "plivo";

export const verify = ({ pack, secret, method, headers, url, text }) => ({
  valid: pack === "plivo-v3"
    ? plivo.validateV3Signature(method, url, headers["x-plivo-signature-v3-nonce"], secret, headers["x-plivo-signature-v3"], parse(text))
    : plivo.validateSignature(url, headers["x-plivo-signature-v2-nonce"], headers["x-plivo-signature-v2"], secret),
});

// The library verifies alone. What is signed in its place is made here, and counts
// for nothing unless the library takes it.
export const sign = ({ secret, headers, url, text }) => {
  const { origin, pathname, searchParams } = new URL(url);
  const list = (params, between) => [...params].sort().map(([name, value]) => name + between + value);
  const query = list(searchParams, "=").join("&");
  const fields = list(new URLSearchParams(text), "").join("");
  const message = `${origin}${pathname}${query || fields ? "?" : ""}${query}${query && fields ? "." : ""}${fields}.${headers["x-plivo-signature-v3-nonce"]}`;
  return { headers: { "X-Plivo-Signature-V3": createHmac("sha256", secret).update(message).digest("base64") } };
};
