// The library is minified, so that its errors are known by their text alone.
import EasyPost from "@easypost/api";
import { refuses } from "../lib/refuses.mjs";

export const verify = ({ secret, headers, bytes }) => refuses((fault) => fault.message.includes("webhook secret mismatch"),
  () => new EasyPost("key").Utils.validateWebhook(bytes, headers, secret));
