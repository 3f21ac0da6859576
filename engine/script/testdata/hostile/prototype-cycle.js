// Prototypes a million deep.
export default function transform(event) {
  let o = {}
  for (let i = 0; i < 1e6; i++) o = Object.create(o)
  for (;;) o.x
}
