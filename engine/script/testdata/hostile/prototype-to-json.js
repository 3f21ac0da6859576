// Every object says for ever how it is written.
export default function transform(event) {
  Object.prototype.toJSON = function () { for (;;); }
  return { data: { a: { b: {} } } }
}
