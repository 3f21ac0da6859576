// What is signed is serialize() of PHP over the form's fields but the signature, in
// the order of their names: a:COUNT:{s:BYTES:"name";s:BYTES:"value";…}.
function bytes(text) {
  let length = 0
  for (const character of text) {
    const point = character.codePointAt(0)
    length += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
  }
  return length
}

const text = (value) => `s:${bytes(value)}:"${value}";`

export function claim(request) {
  const all = request.fields("form")
  if (all === null) return { refused: "field_malformed" }
  const fields = all.filter(([name]) => name !== "p_signature").sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  for (let i = 1; i < fields.length; i++) {
    if (fields[i][0] === fields[i - 1][0]) return { refused: "field_ambiguous" }
  }
  // The values that identify the event go in as what they are, so that the host
  // knows that they are signed.
  const named = { alert_id: request.form("alert_id"), alert_name: request.form("alert_name") }
  const message = [`a:${fields.length}:{`]
  for (const [name, value] of fields) {
    if (Object.hasOwn(named, name)) message.push(`${text(name)}s:${bytes(value)}:"`, named[name], `";`)
    else message.push(text(name) + text(value))
  }
  message.push("}")
  return {
    anyOf: {
      allOf: {
        algorithm: "rsa-sha1",
        key: { prepare: "rsa" },
        message: joined(message),
        signatures: { value: request.form("p_signature"), encoding: "base64" },
      },
    },
    id: named.alert_id,
    type: named.alert_name,
  }
}

// joined makes one text of those that stand beside each other: a claim's lists are
// short.
function joined(parts) {
  const out = []
  for (const part of parts) {
    if (typeof part === "string" && typeof out.at(-1) === "string") out[out.length - 1] += part
    else out.push(part)
  }
  return out
}
