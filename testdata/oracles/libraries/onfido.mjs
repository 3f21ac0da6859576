import onfido from "@onfido/api";
import { refuses } from "../lib/refuses.mjs";

export const verify = ({ secret, headers, bytes }) => refuses(onfido.OnfidoInvalidSignatureError,
  () => new onfido.WebhookEventVerifier(secret).readPayload(bytes, headers["x-sha2-signature"]));
