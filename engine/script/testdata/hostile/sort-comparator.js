// A comparison that does not come back.
export default function transform(event) {
  return { data: [3, 1, 2].sort(() => { for (;;); }) }
}
