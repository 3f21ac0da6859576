// A result that says which members it has, and never ends.
export default function transform(event) {
  return { data: new Proxy({}, { ownKeys() { for (;;); } }) }
}
