// A list of a length that somebody made up.
export default function transform(event) {
  return { data: Array.from({ length: 2 ** 32 - 1 }).length }
}
