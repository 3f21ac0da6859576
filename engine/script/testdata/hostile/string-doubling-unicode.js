// The same with characters of two bytes.
export default function transform(event) {
  let s = "\u4e2d\u6587"
  for (;;) s = s + s
}
