// A property that reads itself.
export default function transform(event) {
  const o = { get a() { return this.a } }
  return { data: o.a }
}
