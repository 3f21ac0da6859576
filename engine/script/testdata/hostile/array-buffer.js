// A buffer of two gigabytes.
export default function transform(event) {
  return { data: new ArrayBuffer(2 ** 31).byteLength }
}
