// A text that is asked for and is too large.
export default function transform(event) {
  const big = { [Symbol.toPrimitive]: () => "x"["rep" + "eat"](2 ** 28) }
  return { data: `${big}${big}${big}` }
}
