// An iterator without end, spread into a list.
export default function transform(event) {
  const endless = { [Symbol.iterator]: () => ({ next: () => ({ done: false, value: new Uint8Array(1e6) }) }) }
  return { data: [...endless].length }
}
