// A scenario as the provider files write it, and the vector file made from it.
//
//   { name, about, headers, body, secrets, accept: {…} }      or
//   { name, about, headers, body, secrets, challenge: {…} }   or
//   { name, about, headers, body, secrets, reject: "reason" }
//
// A body that is a Buffer is written as body_base64. Method, scheme, host,
// target, settings, at and source have defaults.
import { readFileSync } from "node:fs";

export const AT = "2026-01-02T03:04:05Z";

export const unix = (moment) => Date.parse(moment) / 1000;

// sample is the body of a sample event, as bytes of the file.
export const sample = (provider, name) =>
  readFileSync(new URL(`../../../plugins/${provider}/events/${name}.json`, import.meta.url), "utf8");

export const json = ["Content-Type", "application/json"];

export function vector(provider, s) {
  const [outcome, ...others] = ["accept", "challenge", "reject"].filter((o) => s[o] !== undefined);
  if (outcome === undefined || others.length > 0) {
    throw new Error(`${provider}/${s.name}: accept, challenge or reject, one of them`);
  }
  const file = {
    name: `${outcome}-${s.name}`,
    about: s.about,
    source: s.source ?? "computed with Node.js crypto",
    request: {
      method: s.method ?? "POST",
      ...(s.scheme && { scheme: s.scheme }),
      ...(s.host && { host: s.host }),
      target: s.target ?? `/in/${provider}`,
      headers: s.headers,
      ...(Buffer.isBuffer(s.body)
        ? { body_base64: s.body.toString("base64") }
        : { body: s.body }),
    },
    secrets: s.secrets,
  };
  if (s.tokens) file.tokens = s.tokens;
  if (s.settings) file.settings = s.settings;
  file.at = s.at ?? AT;
  file.expect = s.reject
    ? { outcome, reason: s.reject }
    : { outcome, ...inOrder(s.accept ?? s.challenge) };
  return file;
}

function inOrder({ type, id, candidate, covers, secret = 0, reply }) {
  const expect = {};
  if (type !== undefined) expect.type = type;
  if (id !== undefined) expect.id = id;
  if (candidate !== undefined) expect.candidate = candidate;
  if (covers !== undefined) expect.covers = covers;
  return { ...expect, secret, ...(reply && { reply }) };
}
