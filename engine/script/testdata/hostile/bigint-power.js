// A number of a hundred million digits.
export default function transform(event) {
  return { data: String(10n ** 100000000n).length }
}
