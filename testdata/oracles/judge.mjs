// Answers what the vendors' own libraries say of a request.
//
// One question on each line of standard input, one answer on each line of standard
// output, both JSON:
//
//   {"library", "op": "verify", "secret", "url", "headers", "body"}  →  {"valid"}
//   {"library", "op": "sign", "secret", "url", "id", "time", "headers", "body"}
//                                      →  {"headers"}, and {"url"} where it changed
//
// Header names are in lower case, the body is base64, the time is in seconds. A
// library that fails otherwise than by refusing is answered for with {"error"}.
import { createInterface } from "node:readline";
import * as libraries from "./libraries.mjs";

async function answer({ library, op, body, ...rest }) {
  const bytes = Buffer.from(body, "base64");
  return libraries[library][op]({ ...rest, bytes, text: bytes.toString("utf8") });
}

for await (const line of createInterface({ input: process.stdin })) {
  let reply;
  try {
    reply = await answer(JSON.parse(line));
  } catch (fault) {
    reply = { error: String(fault?.stack ?? fault) };
  }
  process.stdout.write(JSON.stringify(reply) + "\n");
}
