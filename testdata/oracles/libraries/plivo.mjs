import plivo from "plivo";

export const verify = ({ secret, headers, url }) => ({
  valid: plivo.validateSignature(url, headers["x-plivo-signature-v2-nonce"], headers["x-plivo-signature-v2"], secret),
});
