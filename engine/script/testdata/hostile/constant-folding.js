// A number of a gigabyte, which the compiler works out.
export default function transform(event) {
  return { data: String((1n << 8589934592n) & 1n) }
}
