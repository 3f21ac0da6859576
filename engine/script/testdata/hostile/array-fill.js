// A builtin that fills 800 MB.
export default function transform(event) {
  return { data: Array(50e6).fill(1).length }
}
