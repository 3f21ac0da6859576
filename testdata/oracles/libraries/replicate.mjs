import { validateWebhook } from "replicate";

export const verify = async ({ secret, headers, text }) => ({
  valid: await validateWebhook({
    id: headers["webhook-id"], timestamp: headers["webhook-timestamp"], signature: headers["webhook-signature"], body: text, secret,
  }),
});
