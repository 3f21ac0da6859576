// Half a million exclamation marks.
export default function transform(event) {
  return { data: (0, eval)("!".repeat(5e5) + "1") }
}
