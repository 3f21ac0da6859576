// An error that takes for ever to be told.
export default function transform(event) {
  throw { toString() { for (;;); } }
}
