import Orb from "orb-billing";
import { refuses } from "../lib/refuses.mjs";

const client = new Orb({ apiKey: "key" });
// Orb throws plain errors: the text tells them apart.
const ownRefusal = (fault) => /signature/i.test(fault.message);

export const verify = ({ secret, headers, text }) => refuses(ownRefusal, () => client.webhooks.verifySignature(text, headers, secret));
