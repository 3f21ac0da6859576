import * as standard from "standardwebhooks";
import { webhooks } from "../lib/standard.mjs";

export const { verify, sign } = webhooks(standard);
