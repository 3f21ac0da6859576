// The member payload is signed, as compact JSON: that is most likely what stands in
// the body, and else what JSON.stringify makes of it.
export function claim(request) {
  const over = (name, message) => ({
    name,
    allOf: {
      algorithm: "rsa-sha256",
      key: { from: "hint", id: request.header("x-bitso-key-id"), prepare: "rsa" },
      message,
      signatures: { value: request.header("x-bitso-webhook-event-signature"), encoding: "base64" },
    },
  })
  return {
    anyOf: [over("as-sent", request.jsonText("payload")), over("stringified", request.jsonText("payload", "stringified"))],
    type: request.json("event"),
  }
}
