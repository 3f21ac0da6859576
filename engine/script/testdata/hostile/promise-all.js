// Promises by the million.
export default function transform(event) {
  const kept = []
  for (;;) kept.push(Promise.all(Array.from({ length: 1e4 }, () => new Promise(() => {}))))
}
