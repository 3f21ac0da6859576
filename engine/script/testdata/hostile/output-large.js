// A body over the limit.
export default function transform(event) {
  return { body: "x".repeat(5e6) }
}
