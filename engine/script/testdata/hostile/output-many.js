// More messages than there may be.
export default function transform(event) {
  return Array(1e5).fill(event)
}
