import * as octokit from "@octokit/webhooks-methods";

export const verify = async ({ secret, headers, text }) => ({ valid: await octokit.verify(secret, text, headers["x-hub-signature-256"]) });

export const sign = async ({ secret, text }) => ({ headers: { "x-hub-signature-256": await octokit.sign(secret, text) } });
