import Pusher from "pusher";

export const verify = ({ secret, headers, text }) => ({
  valid: new Pusher({ appId: "1", key: "key", secret, cluster: "eu" }).webhook({ headers, rawBody: text }).isValid(),
});
