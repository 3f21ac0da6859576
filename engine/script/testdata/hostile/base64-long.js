// A long text that is encoded again and again.
export default function transform(event) {
  const text = "x".repeat(1e6)
  for (;;) btoa(text)
}
