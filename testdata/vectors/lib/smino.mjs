// What the smino scenarios share.
import { plain } from "./digest.mjs";
import { json } from "./scenario.mjs";

export const header = "x-hook-signature";
export const secret = "smino-hook-secret";
export const guid = "5b0f3c8e-2a71-4d96-8f1d-6c2e9ab47d03";
export const digits = guid.replaceAll("-", "");
export const iso = "2026-01-02T03:04:05Z";
export const invariant = "01/02/2026 03:04:05";
export const covers = ["id", "time"];

export const hash = (text, algorithm = "sha512") => plain(algorithm, text).toString("hex").toUpperCase();
export const sign = (id, time, key = secret) => hash(`${id}.${time}.${key}`);
export const send = (text) => [json, [header, text]];
export const bodyWith = (fields) => JSON.stringify({ ...fields, EventType: "TaskCreated" });
export const body = bodyWith({ EventId: guid, TimeStamp: iso });

// good is an accepted scenario that signs the sample identity unless told.
export const good = (name, about, more = {}) => ({
  name, about, body, secrets: [secret], headers: send(sign(digits, iso)),
  ...more, accept: { id: digits, candidate: "verbatim", covers, ...more.accept },
});

// bad is a refused one.
export const bad = (name, about, reject, more = {}) => ({
  name, about, body, secrets: [secret], headers: send(sign(digits, iso)), ...more, reject,
});
