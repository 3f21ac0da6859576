// Plivo signs the URL without its query, then "?" and the query in order, "." and
// the fields of the form in order, "." and the nonce. Which of the separators stand
// there depends on what there is.
const sorted = (fields) => [...fields].sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]))
const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0)

const signatures = (header) => {
  if (!header.found) return [{ value: header, encoding: "base64" }]
  return header.text.split(",").map((_, n) => ({ value: header.split(",", n), encoding: "base64" }))
}

export function claim(request) {
  const query = request.fields("query")
  const form = request.method.text === "POST" ? request.fields("form") : []
  if (query === null || form === null) return { refused: "field_malformed" }
  const url = request.url.text.split("?")[0]
  const queryText = sorted(query).map(([name, value]) => `${name}=${value}`).join("&")
  const formText = sorted(form).map(([name, value]) => name + value).join("")
  const mark = queryText || form.length > 0 ? "?" : ""
  const dot = queryText && form.length > 0 ? "." : ""
  const nonce = request.header("x-plivo-signature-v3-nonce")
  const own = request.header("x-plivo-signature-v3")
  const main = request.header("x-plivo-signature-ma-v3")
  return {
    anyOf: {
      allOf: {
        algorithm: "hmac-sha256",
        message: [url + mark + queryText + dot + formText, ".", nonce],
        signatures: [...signatures(own), ...signatures(main)],
      },
    },
  }
}
