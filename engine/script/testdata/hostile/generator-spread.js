// A generator that gives and gives.
export default function transform(event) {
  function* g() { for (;;) yield new Float64Array(1e6) }
  return { data: Array.from(g()).length }
}
