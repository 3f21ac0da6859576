// A log that is written as fast as it goes.
export default function transform(event) {
  for (;;) console.log("x".repeat(4000))
}
