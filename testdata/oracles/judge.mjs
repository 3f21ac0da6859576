// Answers what the vendors' own libraries say of a request.
//
// One question on each line of standard input, one answer on each line of standard
// output, both JSON:
//
//   {"library", "pack", "op": "verify", "secret", "method", "url", "headers", "body"}
//                                      →  {"valid"}
//   {"library", "pack", "op": "sign", …, "id", "time"}
//                                      →  {"headers"}, {"url"} or {"body"} where they changed
//
// A library is a file of libraries/, imported when it is first asked. Header names
// are in lower case, a body is base64, the time is in seconds. A library that fails
// otherwise than by refusing is answered for with {"error"}.
import { createInterface } from "node:readline";

async function answer({ library, op, body, ...rest }) {
  const bytes = Buffer.from(body, "base64");
  const functions = await import(`./libraries/${library}.mjs`);
  return functions[op]({ ...rest, bytes, text: bytes.toString("utf8") });
}

// Standard output is for the answers; what a library has to say goes beside them.
console.log = console.info = console.error;

for await (const line of createInterface({ input: process.stdin })) {
  let reply;
  try {
    reply = await answer(JSON.parse(line));
  } catch (fault) {
    reply = { error: String(fault?.stack ?? fault) };
  }
  process.stdout.write(JSON.stringify(reply) + "\n");
}
