export default function transform(event, context) {
  console.log("saw", event.type)
  if (event.type === "dropped") return null
  if (event.type === "failing") throw new Error("no luck")
  if (event.type === "text") return { body: "a\nb\n", contentType: "text/plain" }
  return [{ type: context.settings.kind, data: { n: event.data.n, id: event.id }, headers: { "x-a": "1" } }, event]
}
