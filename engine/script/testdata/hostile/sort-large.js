// A sort of many texts that begin alike.
export default function transform(event) {
  const list = Array.from({ length: 2e4 }, (_, i) => "x".repeat(2000) + ((i * 7919) % 20011))
  for (;;) list.sort().reverse()
}
