export function claim(request, context) {
  return {
    anyOf: {
      allOf: {
        algorithm: "hmac-sha256",
        key: { prepare: context.settings.key },
        message: request.body,
        signatures: { value: request.header("dastra-signature"), encoding: "base64" },
      },
    },
  }
}
