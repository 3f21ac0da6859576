// Code within code.
export default function transform(event) {
  const f = "(0, eval)(globalThis.f)"
  globalThis.f = f
  return { data: (0, eval)(f) }
}
