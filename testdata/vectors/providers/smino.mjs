// smino: x-hook-signature is the upper-case hex of a plain SHA-512 over
// {EventId in 32 digits}.{TimeStamp}.{secret}. The rest of the body is not
// covered.
import { sminoAccepted } from "./smino-accepted.mjs";
import { sminoFields } from "./smino-fields.mjs";
import { sminoSignature } from "./smino-signature.mjs";
import { sminoTime } from "./smino-time.mjs";

export const smino = [...sminoAccepted, ...sminoTime, ...sminoSignature, ...sminoFields];
