// The library judges the token alone, and not what it says of the body.
import { verifySignature } from "@vonage/jwt";

export const verify = ({ secret, headers }) => ({ valid: verifySignature(headers.authorization.replace(/^Bearer /, ""), secret) });
