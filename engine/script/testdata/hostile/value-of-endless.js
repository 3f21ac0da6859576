// A number that takes for ever.
export default function transform(event) {
  return { data: +{ valueOf() { for (;;); } } }
}
