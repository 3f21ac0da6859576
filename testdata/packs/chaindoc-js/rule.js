export function claim(request) {
  const signatures = { value: request.header("x-webhook-signature"), encoding: "hex" }
  const event = request.json("event")
  const over = (name, message) => ({ name, allOf: { algorithm: "hmac-sha256", message, signatures } })
  return {
    anyOf: [over("raw", request.body), over("stringified", request.stringified)],
    conditions: { equals: [event, request.header("x-webhook-event")], optional: true },
    type: event,
  }
}
