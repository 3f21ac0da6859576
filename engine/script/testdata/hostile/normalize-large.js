// A text that grows eighteen times when it is normalised.
export default function transform(event) {
  let text = "\ufdfa".repeat(1e6)
  for (;;) text = text.normalize("NFKD") + text
}
