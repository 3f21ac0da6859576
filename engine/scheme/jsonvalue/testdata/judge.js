// Answers requests on standard input, each a length (32 bits, big endian) and
// that many bytes: a letter that names the question, and what it is about. An
// answer is a length, then "+" and the result, or "-" where the text was refused.
'use strict';

const questions = {
  // The text that JSON.stringify gives back for a JSON text.
  s: (bytes) => Buffer.from(JSON.stringify(JSON.parse(bytes.toString('utf8'))), 'utf8'),
  // The code units of the string that a JSON text is.
  u: (bytes) => Buffer.from(JSON.parse(bytes.toString('utf8')), 'utf16le'),
  // The text of a double, given as its 8 bytes.
  n: (bytes) => Buffer.from(String(bytes.readDoubleBE(0)), 'latin1'),
};

function answer(request) {
  try {
    return [Buffer.from('+'), questions[String.fromCharCode(request[0])](request.subarray(1))];
  } catch (err) {
    if (!(err instanceof SyntaxError)) throw err;
    return [Buffer.from('-')];
  }
}

let pending = Buffer.alloc(0);
process.stdin.on('data', (chunk) => {
  pending = Buffer.concat([pending, chunk]);
  const out = [];
  let at = 0;
  while (pending.length - at >= 4) {
    const end = at + 4 + pending.readUInt32BE(at);
    if (pending.length < end) break;
    const parts = answer(pending.subarray(at + 4, end));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(parts.reduce((sum, part) => sum + part.length, 0));
    out.push(length, ...parts);
    at = end;
  }
  pending = pending.subarray(at);
  if (out.length > 0) process.stdout.write(Buffer.concat(out));
});
