// A number that is squared for ever.
export default function transform(event) {
  let n = 3n
  for (;;) n *= n
}
