// A call with more arguments than a stack holds.
export default function transform(event) {
  return { data: Math.max.apply(null, new Uint8Array(1e8)) }
}
