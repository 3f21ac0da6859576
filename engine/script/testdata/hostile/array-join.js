// A join that multiplies a thousand characters by a million.
export default function transform(event) {
  return { data: Array(1e6).join("x".repeat(1000)).length }
}
