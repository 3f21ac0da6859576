import { WebhooksHelper } from "square";

export const verify = async ({ secret, headers, url, text }) => ({
  valid: await WebhooksHelper.verifySignature({ requestBody: text, signatureHeader: headers["x-square-hmacsha256-signature"], signatureKey: secret, notificationUrl: url }),
});
