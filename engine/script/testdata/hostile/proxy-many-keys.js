// A result with more members than there are.
export default function transform(event) {
  const keys = Array.from({ length: 1e4 }, (_, i) => "k" + i)
  const deep = () => new Proxy({}, {
    ownKeys: () => keys,
    getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true, value: 1 }),
    get: () => deep(),
  })
  return { data: deep() }
}
