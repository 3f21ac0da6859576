// An await that never has an end.
export default async function transform(event) {
  for (;;) await null
}
