// A clone of much, again and again.
export default function transform(event) {
  const data = Array.from({ length: 2e4 }, (_, i) => [i])
  for (;;) structuredClone(data)
}
