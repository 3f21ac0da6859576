// Both schemes of Adyen: each payment of a notification is signed by itself, the
// notifications of the platform as a whole.
import adyen from "@adyen/api-library";

const validator = new adyen.hmacValidator();
const itemsOf = (notification) => notification.notificationItems.map(({ NotificationRequestItem }) => NotificationRequestItem);

export const verify = ({ pack, secret, headers, text }) => ({
  valid: pack === "adyen"
    ? itemsOf(JSON.parse(text)).every((item) => validator.validateHMAC(item, secret))
    : validator.validateHMACSignature(secret, headers.hmacsignature, text),
});

export function sign({ pack, secret, text }) {
  if (pack !== "adyen") return { headers: { hmacsignature: validator.calculateHmac(text, secret) } };
  const notification = JSON.parse(text);
  for (const item of itemsOf(notification)) {
    item.additionalData = { ...item.additionalData, hmacSignature: validator.calculateHmac(item, secret) };
  }
  return { body: Buffer.from(JSON.stringify(notification)).toString("base64") };
}
