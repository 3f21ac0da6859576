// A text that doubles until something gives.
export default function transform(event) {
  let s = "xxxxxxxx"
  for (;;) s += s
}
