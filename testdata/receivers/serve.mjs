// serve answers 200 to requests that a check takes, and 401 to every other, also
// where the check throws.
import { createServer } from "node:http";

export function serve(check) {
  const secret = process.env.SECRET;
  const server = createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      let valid = false;
      try {
        valid = check({ headers: request.headers, body: Buffer.concat(chunks), secret }) === true;
      } catch {
        // What cannot be read is not valid.
      }
      response.writeHead(valid ? 200 : 401).end();
    });
  });
  server.listen(Number(process.argv[2]), "127.0.0.1", () => console.log("started"));
}
