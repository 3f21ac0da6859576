// An object that puts itself into an object.
export default function transform(event) {
  const o = { toJSON() { return { o: { toJSON: o.toJSON } } } }
  return { data: JSON.stringify(o) }
}
