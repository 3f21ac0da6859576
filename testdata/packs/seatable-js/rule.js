export function claim(request) {
  return {
    anyOf: {
      allOf: {
        algorithm: "hmac-sha256",
        message: request.body,
        signatures: { value: request.header("x-seatable-signature").strip("sha256="), encoding: "hex" },
      },
    },
    type: request.json("event"),
  }
}
