// X-Inngest-Signature: t=<seconds>&s=<hex>, over the body as RFC 8785 writes it and
// the time behind it.
export function claim(request, context) {
  const header = request.header("x-inngest-signature")
  const sent = header.member("&", "t")
  const over = (name, body) => ({
    name,
    allOf: {
      algorithm: "hmac-sha256",
      key: { prepare: "after:signkey- | after:-" },
      message: [body, sent],
      signatures: { value: header.member("&", "s"), encoding: "hex" },
    },
  })
  if (header.found && !header.member("&", "s").found) return { refused: "signature_malformed" }
  if (header.found && !sent.found) return { refused: "timestamp_missing" }
  return {
    anyOf: [over("raw", request.body), over("canonical", request.canonical)],
    time: { value: sent, unit: "s", tolerance: context.settings.tolerance },
    type: request.json("event.name"),
  }
}
