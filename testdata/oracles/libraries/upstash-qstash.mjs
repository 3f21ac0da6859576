import { Receiver, SignatureError } from "@upstash/qstash";
import { refuses } from "../lib/refuses.mjs";

export const verify = ({ secret, headers, url, text }) =>
  refuses(SignatureError, () => new Receiver({ currentSigningKey: secret, nextSigningKey: secret }).verify({ signature: headers["upstash-signature"], body: text, url }));
