// What every scheme with one digest in one header has to refuse.
//
// A scheme is described by
//   header, prefix  where the digest is written, and what stands before it
//   digest(secret, body, algorithm)  the digest as a Buffer; the pinned
//                   algorithm when none is named
//   other           an algorithm of another length, for a foreign digest
//   write(digest)   the digest as text, without the prefix
//   send(text, body)  the headers of a request that carries the text
//   body, secret    of a request that would be accepted
import { flip, hmac, plain } from "./digest.mjs";

export function missingAndRepeated(scheme) {
  const { header, prefix, body, secret, send } = scheme;
  const text = prefix + scheme.write(scheme.digest(secret, body));
  const wrong = prefix + scheme.write(scheme.digest("another secret", body));
  const unsigned = send(text, body).filter(([name]) => name !== header);
  const twice = (first, second) => [...unsigned, [header, first], [header, second]];
  const base = { body, secrets: [secret] };
  return [
    { ...base, name: "signature-missing", about: "a request without the signature header is refused",
      headers: unsigned, reject: "signature_missing" },
    { ...base, name: "signature-only-in-query", about: "the signature is read from the header and from nowhere else",
      target: `/in/x?signature=${encodeURIComponent(text)}&${header}=${encodeURIComponent(text)}`,
      headers: unsigned, reject: "signature_missing" },
    { ...base, name: "signature-empty", about: "an empty signature header is there and cannot be read",
      headers: send("", body), reject: "signature_malformed" },
    { ...base, name: "signature-twice-same", about: "two signature headers are refused even if both hold the right digest",
      headers: twice(text, text), reject: "signature_ambiguous" },
    { ...base, name: "signature-twice-wrong-first", about: "a wrong and a right signature header are refused: neither the first nor the last wins",
      headers: twice(wrong, text), reject: "signature_ambiguous" },
    { ...base, name: "signature-twice-right-first", about: "a right and a wrong signature header are refused: neither the first nor the last wins",
      headers: twice(text, wrong), reject: "signature_ambiguous" },
    { ...base, name: "signatures-joined-by-comma", about: "two digests joined in one header are not one digest",
      headers: send(`${wrong},${text}`, body), reject: "signature_malformed" },
  ];
}

export function wrongKey(scheme) {
  const { prefix, body, secret, send, write, digest } = scheme;
  const base = { body, secrets: [secret] };
  const signedWith = (key) => send(prefix + write(digest(key, body)), body);
  return [
    { ...base, name: "wrong-secret", about: "a digest made with another secret matches nothing",
      headers: signedWith("another secret"), reject: "signature_mismatch" },
    { ...base, name: "neither-of-two-secrets", about: "with two secrets, a digest of a third matches neither",
      secrets: [secret, "the previous secret"], headers: signedWith("another secret"), reject: "signature_mismatch" },
    { ...base, name: "empty-secret", about: "a digest made with the empty secret, which anybody can make, matches nothing",
      headers: signedWith(""), reject: "signature_mismatch" },
    { ...base, name: "no-secret", about: "a source without a secret accepts nothing, not even a digest made with the empty secret",
      secrets: [], headers: signedWith(""), reject: "no_secret" },
  ];
}

export function wrongBody(scheme) {
  const { prefix, body, secret, send, write, digest } = scheme;
  const base = { secrets: [secret], reject: "signature_mismatch" };
  const sent = (signed, received) => ({ headers: send(prefix + write(digest(secret, signed)), received), body: received });
  const lines = body.trimEnd() + "\r\n";
  return [
    { ...base, ...sent(body, flip(body, body.length - 4)), name: "body-one-bit-changed", about: "one changed bit of the body breaks the digest" },
    { ...base, ...sent(body.trimEnd() + "\n", body.trimEnd()), name: "body-final-newline-lost", about: "a final newline that was signed and lost on the way breaks the digest" },
    { ...base, ...sent(body.trimEnd(), body.trimEnd() + "\n"), name: "body-final-newline-added", about: "a final newline that was added on the way breaks the digest" },
    { ...base, ...sent(lines, lines.replace("\r\n", "\n")), name: "body-line-break-rewritten", about: "CRLF rewritten to LF on the way breaks the digest" },
    { ...base, ...sent(body, ""), name: "body-lost", about: "an empty body in place of the signed one breaks the digest" },
    { ...base, headers: send(prefix + write(plain("sha256", body)), body), body, name: "digest-without-key", about: "a plain SHA-256 of the body, in which no secret takes part, proves nothing" },
    { ...base, headers: send(prefix + write(hmac("sha256", body, secret)), body), body, name: "key-and-message-swapped", about: "the secret signed under the body is not the body signed under the secret" },
  ];
}

// hexShape are texts that are not the scheme's digest in hex, each of them made
// from the right one.
export function hexShape(scheme) {
  const { prefix, body, secret, send, write, digest } = scheme;
  const hex = write(digest(secret, body));
  const half = hex.slice(0, hex.length / 2);
  const base = { body, secrets: [secret], reject: "signature_malformed" };
  const text = (value) => ({ headers: send(prefix + value, body) });
  return [
    { ...base, ...text("z".repeat(hex.length)), name: "not-hex", about: "letters beyond f are not hex" },
    { ...base, ...text("foo"), name: "garbage", about: "any short word in place of the digest is refused without a fault" },
    { ...base, ...text(hex.slice(0, -1)), name: "hex-odd-length", about: "the right digest without its last digit is not hex" },
    { ...base, ...text(hex.slice(0, -2)), name: "digest-one-byte-short", about: "the right digest without its last byte is refused" },
    { ...base, ...text(half), name: "digest-truncated-to-half", about: "the first half of the right digest is refused" },
    { ...base, ...text(hex.slice(0, 2)), name: "digest-truncated-to-one-byte", about: "the first byte of the right digest is refused" },
    { ...base, ...text(hex + "00"), name: "digest-with-trailing-byte", about: "a byte after the right digest is refused" },
    { ...base, ...text(hex + "zz"), name: "digest-with-trailing-garbage", about: "garbage after the right digest is not dropped silently" },
    { ...base, ...text(`${half} ${hex.slice(half.length)}`), name: "space-inside-digest", about: "white space inside the digest is not skipped" },
    { ...base, ...text("0x" + hex), name: "digest-with-0x", about: "0x before the digest is not part of the form" },
    { ...base, ...text(write(digest(secret, body, "sha1"))), name: "sha1-digest", about: "the algorithm is pinned: a SHA-1 digest in its place is refused" },
    { ...base, ...text(write(digest(secret, body, "md5"))), name: "md5-digest", about: "the algorithm is pinned: an MD5 digest in its place is refused" },
    { ...base, ...text(write(digest(secret, body, scheme.other))), name: `${scheme.other}-digest`, about: `the algorithm is pinned: a digest of ${scheme.other} in its place is refused` },
  ];
}

// prefixShape is for the schemes that write "sha256=" before the digest.
export function prefixShape(scheme) {
  const { body, secret, send, write, digest } = scheme;
  const right = write(digest(secret, body));
  const base = { body, secrets: [secret], reject: "signature_malformed" };
  const text = (value) => ({ headers: send(value, body) });
  const named = (algorithm) => `${algorithm}=${write(digest(secret, body, algorithm))}`;
  return [
    { ...base, ...text("sha256="), name: "prefix-alone", about: "the prefix with an empty digest is refused" },
    { ...base, ...text(right), name: "prefix-missing", about: "the right digest without its prefix is refused" },
    { ...base, ...text("SHA256=" + right), name: "prefix-in-capitals", about: "the prefix is taken literally, not in another case" },
    { ...base, ...text("sha256:" + right), name: "prefix-with-colon", about: "another separator is another prefix" },
    { ...base, ...text("sha256= " + right), name: "space-after-prefix", about: "white space after the prefix is not skipped" },
    { ...base, ...text("sha256=sha256=" + right), name: "prefix-twice", about: "the prefix is taken off once" },
    { ...base, ...text(right.slice(0, 10) + "sha256=" + right.slice(10)), name: "prefix-inside-digest", about: "the prefix is taken off at the start, not wherever it stands" },
    { ...base, ...text(named("sha1")), name: "sha1-prefix", about: "the request does not choose the algorithm: sha1= with the right HMAC-SHA1 is refused" },
    { ...base, ...text(named("md5")), name: "md5-prefix", about: "the request does not choose the algorithm: md5= with the right HMAC-MD5 is refused" },
    { ...base, ...text(named("sha512")), name: "sha512-prefix", about: "the request does not choose the algorithm: sha512= with the right HMAC-SHA512 is refused" },
    { ...base, ...text("sha1=" + right), name: "sha1-prefix-on-sha256-digest", about: "a prefix that names another algorithm is refused even before the right digest" },
  ];
}
