// A buffer that no machine has.
export default function transform(event) {
  return { data: new ArrayBuffer(2 ** 52).byteLength }
}
