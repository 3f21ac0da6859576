// An expression that tries every way to split a text.
export default function transform(event) {
  return /^(?=a)(a+)+$/.test("a".repeat(60) + "!") ? event : null
}
