// The same through a builtin.
export default function transform(event) {
  const f = () => [1].forEach(f)
  for (;;) try { f() } catch (e) {}
}
