// A token with its payload detached: the method and path, a line for each header
// that the token's own header lists, and the body. It says itself where its key is.
const places = {
  live: "https://webhooks.truelayer.com/.well-known/jwks",
  sandbox: "https://webhooks.truelayer-sandbox.com/.well-known/jwks",
}

export function claim(request, context) {
  const token = request.header("tl-signature")
  const said = (name) => token.jws("ES512", name)
  const place = places[context.settings.environment]
  const key = said("header.jku")
  if (key.found && key.text !== place) return { refused: "key_not_allowed" }

  const listed = said("header.tl_headers").text.split(",").filter((name) => name !== "")
  const unnamed = (name) => /[\x00-\x1f]/.test(name)
  if (listed.length > 16 || listed.some(unnamed)) return { refused: "signature_malformed" }
  const lines = listed.flatMap((name) => [`${name}: `, request.header(name), "\n"])
  const over = (name, path) => ({
    name,
    allOf: {
      algorithm: "ecdsa-sha512-p1363",
      key: { from: "reference", prepare: "ecdsa", id: said("header.kid"), url: place },
      message: [said("input"), {
        digest: {
          algorithm: "verbatim",
          encoding: "base64url",
          parts: [request.method, " ", path, "\n", ...lines, request.body],
        },
      }],
      signatures: { value: said("signature"), encoding: "base64url" },
    },
  })
  const path = request.path.text
  const other = path.endsWith("/") ? path.slice(0, -1) : `${path}/`
  const time = request.header("x-tl-webhook-timestamp")
  return {
    anyOf: [over("path", request.path), over("other-slash", other)],
    conditions: { value: said("header.tl_version"), in: ["2"] },
    time: { value: time, unit: "iso8601", tolerance: context.settings.tolerance },
    id: request.json("event_id"),
    type: request.value("json.type or json.event_type"),
  }
}
