// Data that is small until it is written.
export default function transform(event) {
  let data = []
  for (let i = 0; i < 40; i++) data = [data, data]
  return { data }
}
