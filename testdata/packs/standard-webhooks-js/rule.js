// A header carries several signatures, "v1,<base64>" each, separated by spaces.
export function claim(request, context) {
  const id = request.header("webhook-id")
  const sent = request.header("webhook-timestamp")
  const header = request.header("webhook-signature")
  if (header.fault) return { refused: "signature_ambiguous" }
  if (!header.found) return { refused: "signature_missing" }
  const items = header.text.split(" ")
  const signatures = []
  for (const [n, item] of items.entries()) {
    if (item.startsWith("v1,")) {
      signatures.push({ value: header.split(" ", n).strip("v1,"), encoding: "base64" })
    }
  }
  if (signatures.length === 0) {
    const malformed = items.some((item) => !item.includes(","))
    return { refused: malformed ? "signature_malformed" : "signature_missing" }
  }
  if (sent.fault) return { refused: sent.fault }
  if (!sent.found) return { refused: "timestamp_missing" }
  return {
    anyOf: {
      allOf: {
        algorithm: "hmac-sha256",
        key: { prepare: "strip:whsec_ | base64" },
        message: [id, ".", sent, ".", request.body],
        signatures,
      },
    },
    time: { value: sent, unit: "s", tolerance: context.settings.tolerance },
    id,
    type: request.json("type"),
  }
}
