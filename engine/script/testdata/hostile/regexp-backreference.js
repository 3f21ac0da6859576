// The same with a backreference.
export default function transform(event) {
  return /^(?:(a|aa|aaa)\1?)+$/.test("a".repeat(200) + "!") ? event : null
}
