// Uses every type of hookseal.d.ts: what the compiler says of this file is the
// test of them. A line below @ts-expect-error has to be an error.

export const transform: hookseal.Transform = (event, context) => {
  const url = new URL(event.data.link, "https://example.com")
  url.searchParams.set("team", context.settings.team ?? "none")
  for (const [name, value] of url.searchParams) console.log(name, value, URL.canParse(url))
  const key: string = digest("sha256", new TextEncoder().encode(event.id), "base64url")
  const text: string = new TextDecoder("utf-8", { fatal: true }).decode(event.bytes)
  const copy = structuredClone({ a: [1] })
  copy.a.push(2)
  if (event.type === "test") return null
  if (event.type === "many") return [event, { data: copy }, { body: atob(btoa(text)), contentType: "text/plain" }]
  if (event.type === "bytes") return { type: "x", body: event.bytes, headers: { "x-key": [key] } }
  event.data.key = key
  event.headers["x-key"] = key
  return event
}

export const later: hookseal.Transform = async (event) => event

// @ts-expect-error: undefined is no result
export const nothing: hookseal.Transform = () => undefined
// @ts-expect-error: a message has a body or data
export const empty: hookseal.Transform = () => ({ type: "x" })
// @ts-expect-error: and not both
export const both: hookseal.Transform = (event) => ({ data: 1, body: "x" })
// @ts-expect-error: the id is the event's
export const renamed: hookseal.Transform = (event) => ((event.id = "x"), event)
// @ts-expect-error: no network
export const fetched: hookseal.Transform = () => fetch("https://example.com")
// @ts-expect-error: no timers
export const delayed: hookseal.Transform = (event) => (setTimeout(() => 1, 1), event)
// @ts-expect-error: no such algorithm
digest("crc32", "x")

export const claim: hookseal.Rule = (request, context) => {
  const sent = request.header("x-sent").or(request.query("sent"))
  if (!sent.found) return { refused: "timestamp_missing" }
  return {
    anyOf: {
      name: "v0",
      allOf: {
        algorithm: "hmac-sha256",
        key: { prepare: "strip:whsec_ | base64" },
        message: ["v0:", sent, ":", request.body, context.secret, { digest: { algorithm: "sha256", encoding: "hex", parts: request.stringified } }],
        signatures: { value: request.header("x-signature").strip("v0=").split(",", 0).member(";", "v1", 0), encoding: ["hex", "base64"] },
      },
    },
    time: { value: sent, unit: ["s", "ms"], tolerance: "5m" },
    id: request.json("event.id"),
    type: request.setting("type"),
    conditions: [
      { equals: [request.header("x-event"), request.json("event.type")], optional: true },
      { value: request.json("event.type"), in: ["made"] },
      { notBefore: request.json("from"), unit: "rfc3339" },
      { notAfter: request.header("authorization").jws("HS256", "claims.exp"), unit: "s", leeway: "1m" },
      { value: request.value("json.a or json.b | lower"), digest: { algorithm: "sha256", encoding: "hex", parts: [request.canonical, request.jsonText("data", "stringified")] } },
      { equals: [request.form("a"), request.cookie("b")] },
      { equals: [`${request.fields("form")?.length}`, request.text ?? ""] },
    ],
  }
}

function handler(webhook: hookseal.SvixWebhook): hookseal.SvixWebhook {
  webhook.cancel = webhook.eventType === "test"
  webhook.payload.url = webhook.url + webhook.method
  webhook.headers["x-a"] = "1"
  return webhook
}
handler

addHandler("transform", (request, context) => {
  request.headers["x-team"] = process.env.TEAM ?? context.connection.source.name
  if (!request.body) $transform.fail("no body")
  return request
})
