// The same, called in a way that no look at the text finds.
export default function transform(event) {
  return { data: Array(50e6)["fi" + "ll"](1).length }
}
