// The member auth is the MD5 of the body, with the key in the place of auth.
export function claim(request, context) {
  const auth = request.json("auth")
  if (auth.fault) return { refused: auth.fault }
  const pieces = auth.text ? (request.text ?? "").split(auth.text) : ["", ""]
  if (pieces.length !== 2) return { refused: "signature_malformed" }
  return {
    anyOf: {
      allOf: {
        algorithm: "md5",
        message: [pieces[0], context.secret, pieces[1]],
        signatures: { value: auth, encoding: "hex" },
      },
    },
  }
}
