// Digests of a long text, one after the other.
export default function transform(event) {
  const text = "x".repeat(4e6)
  for (;;) digest("sha512", text)
}
