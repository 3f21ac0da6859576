// A class whose lists are of a size of its own.
export default function transform(event) {
  class Wide extends Array {
    static get [Symbol.species]() { return function () { return new Uint8Array(2 ** 30) } }
  }
  return { data: Wide.from([1, 2, 3]).map((x) => x).length }
}
