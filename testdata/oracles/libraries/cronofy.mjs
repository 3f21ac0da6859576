import Cronofy from "cronofy";

export const verify = ({ secret, headers, text }) => ({
  valid: new Cronofy({ client_secret: secret }).hmacValid({ hmac: headers["cronofy-hmac-sha256"], body: text }),
});
