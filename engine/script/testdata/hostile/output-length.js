// A list of messages of a length that somebody made up.
export default function transform(event) {
  const list = []
  list.length = 2 ** 32 - 1
  return list
}
