// Every object has a type that takes for ever.
export default function transform(event) {
  Object.defineProperty(Object.prototype, "contentType", { get() { for (;;); } })
  return { data: {} }
}
