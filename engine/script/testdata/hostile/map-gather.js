// A map that keeps buffers.
export default function transform(event) {
  const map = new Map()
  for (let i = 0; ; i++) map.set(i, new ArrayBuffer(4e6))
}
