// A replacement that multiplies.
export default function transform(event) {
  return { data: "x".repeat(10).replace(/x/g, "y".repeat(3e7)).length }
}
