// JSON that is nested too deep to be read.
export default function transform(event) {
  return { data: JSON.parse("[".repeat(1e6)) }
}
