// A list of holes, looked through one by one.
export default function transform(event) {
  const list = []
  list.length = 2 ** 32 - 1
  return { data: list.indexOf(1) }
}
