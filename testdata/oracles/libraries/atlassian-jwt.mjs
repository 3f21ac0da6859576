import { SymmetricAlgorithm, createQueryStringHash, decodeSymmetric, encodeSymmetric, fromMethodAndUrl } from "@atlassian/atlassian-jwt";
import { refuses } from "../lib/refuses.mjs";

// The library throws plain errors.
const own = (fault) => /^(Signature verification failed|Algorithm from the header|Not enough or too many JWT)/.test(fault.message);

export const verify = async ({ secret, method, url, headers }) => {
  let claims;
  const { valid } = await refuses(own, () => {
    claims = decodeSymmetric(headers.authorization.replace(/^JWT /, ""), secret, SymmetricAlgorithm.HS256);
  });
  return { valid: valid && claims.qsh === createQueryStringHash(fromMethodAndUrl(method, url), false) };
};

export const sign = ({ secret, method, url, time }) => {
  const claims = { iss: "jira:15489595", iat: time, exp: time + 180, qsh: createQueryStringHash(fromMethodAndUrl(method, url), false) };
  return { headers: { Authorization: `JWT ${encodeSymmetric(claims, secret, SymmetricAlgorithm.HS256)}` } };
};
