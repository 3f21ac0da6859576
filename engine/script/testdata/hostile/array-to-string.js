// The same, as text.
export default function transform(event) {
  let list = []
  for (let i = 0; i < 4e4; i++) list = [list]
  return { data: String(list) }
}
