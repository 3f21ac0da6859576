// The same, and again whenever it fails.
export default function transform(event) {
  const f = () => { try { f() } catch (e) { f() } finally { f() } }
  f()
  return event
}
