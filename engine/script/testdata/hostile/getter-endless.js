// A result whose data is not made before it is read.
export default function transform(event) {
  return { get data() { for (;;); } }
}
