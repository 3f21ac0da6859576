// A list nested eighty thousand deep, made flat.
export default function transform(event) {
  let list = []
  for (let i = 0; i < 8e4; i++) list = [list]
  return { data: list.flat(Infinity).length }
}
