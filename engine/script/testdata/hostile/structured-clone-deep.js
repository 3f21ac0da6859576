// A clone of what is nested deep.
export default function transform(event) {
  let data = []
  for (let i = 0; i < 6e4; i++) data = [data]
  return { data: structuredClone(data).length }
}
