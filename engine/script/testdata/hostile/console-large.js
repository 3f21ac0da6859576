// A line of the log that is made of too much.
export default function transform(event) {
  let o = {}
  for (let i = 0; i < 40; i++) o = [o, o]
  for (;;) console.log(o)
}
