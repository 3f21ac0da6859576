// The library reads the headers of Svix and those of Standard Webhooks.
import * as svix from "svix";
import { webhooks } from "../lib/standard.mjs";

export const { verify } = webhooks(svix);
export const sign = (question) => webhooks(svix, question.pack === "standard-webhooks" ? "webhook" : "svix").sign(question);
