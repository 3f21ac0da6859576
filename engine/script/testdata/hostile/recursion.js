// A function that calls itself.
export default function transform(event) {
  const f = () => f() + 1
  return { data: f() }
}
