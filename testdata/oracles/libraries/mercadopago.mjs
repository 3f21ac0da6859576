import mercadopago from "mercadopago";
import { refuses } from "../lib/refuses.mjs";

const { InvalidWebhookSignatureError, WebhookSignatureValidator } = mercadopago;

export const verify = ({ secret, headers, url }) => refuses(InvalidWebhookSignatureError, () => WebhookSignatureValidator.validate({
  secret, xSignature: headers["x-signature"], xRequestId: headers["x-request-id"], dataId: new URL(url).searchParams.get("data.id"),
}));
