// A proxy before a proxy before a proxy.
export default function transform(event) {
  let p = {}
  for (let i = 0; i < 2e6; i++) p = new Proxy(p, {})
  return { data: p.x === undefined }
}
