export function claim(request) {
  return {
    anyOf: {
      allOf: {
        algorithm: "hmac-sha256",
        message: request.body,
        signatures: { value: request.header("x-qualifio-signature").strip("sha256="), encoding: ["hex", "base64"] },
      },
    },
  }
}
