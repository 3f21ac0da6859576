// A text of half a gigabyte at one stroke.
export default function transform(event) {
  return { data: "x"["rep" + "eat"](2 ** 29).length }
}
