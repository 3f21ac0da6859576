// A number of a gigabyte.
export default function transform(event) {
  const bits = BigInt(event.body.length) + 8589934592n
  return { data: String((1n << bits) & 1n) }
}
