import Razorpay from "razorpay";

export const verify = ({ secret, headers, text }) => ({ valid: Razorpay.validateWebhookSignature(text, headers["x-razorpay-signature"], secret) });
