// What the scenarios of the two Twilio schemes share.
import { hmac } from "./digest.mjs";

export const header = "X-Twilio-Signature";
export const secret = "12345";
export const covers = (...parts) => parts;

// concat is the fields of a form in order, each name and value once, as Twilio
// signs them. Pairs are lists of two.
export const concat = (pairs) => {
  const unique = [...new Set(pairs.map((pair) => JSON.stringify(pair)))].map((text) => JSON.parse(text));
  const order = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  return unique.sort((a, b) => order(a[0], b[0]) || order(a[1], b[1])).map(([name, value]) => name + value).join("");
};

export const encode = (pairs) => new URLSearchParams(pairs).toString();

export const mac = (text, { key = secret, algorithm = "sha1" } = {}) => hmac(algorithm, key, text);
export const sign = (text, more) => mac(text, more).toString("base64");

// at are the parts of a request that its URL decides.
export function at(url) {
  const [, scheme, host, target] = /^(https?):\/\/([^/]*)(\/.*)$/.exec(url);
  return { scheme, host, target };
}
