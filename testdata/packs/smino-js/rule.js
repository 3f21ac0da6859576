// The message ends with the secret. Its time is what the body says, or that as the
// invariant culture of .NET writes it; the body names its members in either case.
const stated = "json.TimeStamp or json.timeStamp"

export function claim(request, context) {
  const id = request.value("json.EventId or json.eventId | uuid:N")
  const time = request.value(stated)
  const over = (name, written) => ({
    name,
    allOf: {
      algorithm: "sha512",
      message: [id, ".", written, ".", context.secret],
      signatures: { value: request.header("x-hook-signature"), encoding: "HEX" },
    },
  })
  return {
    anyOf: [over("verbatim", time), over("dotnet", request.value(`${stated} | dotnet-invariant`))],
    time: { value: time, unit: ["iso8601", "dotnet-invariant"], tolerance: context.settings.tolerance },
    id,
  }
}
