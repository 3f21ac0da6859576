// An expression nested too deep to be read.
export default function transform(event) {
  return { data: new RegExp("(".repeat(2e5) + ")".repeat(2e5)).test("") }
}
