import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);
// Bolt does not export the one function that knows no HTTP server.
const bolt = require(join(dirname(require.resolve("@slack/bolt/package.json")), "dist/receivers/verify-request.js"));

export const verify = ({ secret, headers, text }) => ({
  valid: bolt.isValidSlackRequest({
    signingSecret: secret, body: text,
    headers: { "x-slack-signature": headers["x-slack-signature"], "x-slack-request-timestamp": Number(headers["x-slack-request-timestamp"]) },
  }),
});
