// Code nested too deep to be read.
export default function transform(event) {
  return { data: (0, eval)("[".repeat(3e5) + "]".repeat(3e5)) }
}
