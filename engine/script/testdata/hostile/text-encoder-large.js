// Bytes of a text that is too long.
export default function transform(event) {
  const kept = []
  for (;;) kept.push(new TextEncoder().encode("\u4e2d".repeat(2e7)))
}
