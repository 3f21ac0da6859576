// A list that doubles.
export default function transform(event) {
  let list = [1, 2, 3, 4]
  for (;;) list = list.concat(list)
}
