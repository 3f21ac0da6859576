// The same by padding.
export default function transform(event) {
  return { data: "x"["pad" + "Start"](2 ** 29, "xyz").length }
}
