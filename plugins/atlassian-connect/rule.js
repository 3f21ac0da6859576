// A token whose claim qsh is the SHA-256 of method, path and query, written in one
// way: https://developer.atlassian.com/cloud/jira/software/understanding-jwt
const encoded = (text) => encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

function canonicalPath(path, base) {
  if (base !== "/" && path.startsWith(base)) path = path.slice(base.length)
  path = path.replaceAll("&", "%26")
  if (!path.startsWith("/")) path = `/${path}`
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path
}

function canonicalQuery(fields) {
  const values = new Map()
  for (const [name, value] of fields) {
    if (name !== "jwt") values.set(name, [...(values.get(name) ?? []), value])
  }
  return [...values.keys()].sort().map((name) => `${encoded(name)}=${values.get(name).sort().map(encoded).join(",")}`).join("&")
}

export function claim(request, context) {
  const token = request.header("authorization").strip("JWT ")
  const said = (name) => token.jws("HS256", name)
  const query = request.fields("query")
  if (query === null) return { refused: "field_malformed" }
  const path = canonicalPath(request.path.text, context.settings.base_path)
  const canonical = [request.method.text.toUpperCase(), path, canonicalQuery(query)].join("&")
  return {
    anyOf: {
      allOf: {
        algorithm: "hmac-sha256",
        key: { from: "hint", id: said("claims.iss") },
        message: said("input"),
        signatures: { value: said("signature"), encoding: "base64url" },
      },
    },
    conditions: [
      { value: said("claims.qsh"), digest: { algorithm: "sha256", encoding: "hex", parts: canonical } },
      { notAfter: said("claims.exp"), unit: "s" },
      { notBefore: said("claims.nbf"), unit: "s", optional: true },
    ],
    time: { value: said("claims.iat"), unit: "s" },
    type: request.json("webhookEvent"),
  }
}
