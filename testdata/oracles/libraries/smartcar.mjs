// The library signs what JSON.stringify makes of the parsed body.
import smartcar from "smartcar";

export const verify = ({ secret, headers, text }) => ({ valid: smartcar.verifyPayload(secret, headers["sc-signature"], JSON.parse(text)) });

export const sign = ({ secret, text }) => ({ headers: { "sc-signature": smartcar.hashChallenge(secret, text) } });
