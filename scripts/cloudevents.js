// Puts an event into the envelope of CloudEvents 1.0, in structured mode:
// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
//
// A body that is JSON is the data as it came; one that is text is a string, and
// one that is neither is base64.

/**
 * @param {hookseal.Event} event
 * @returns {hookseal.Result}
 */
export default function transform(event) {
  return {
    contentType: "application/cloudevents+json",
    data: {
      specversion: "1.0",
      id: event.id,
      source: `/hookseal/${encodeURIComponent(event.source)}`,
      type: event.type || "webhook",
      time: event.time,
      datacontenttype: event.contentType,
      ...payload(event),
    },
  }
}

/** @param {hookseal.Event} event */
function payload(event) {
  if (event.data !== undefined) return { data: event.data }
  if (event.body !== undefined) return { data: event.body }
  let bytes = ""
  for (const byte of event.bytes) bytes += String.fromCharCode(byte)
  return { data_base64: btoa(bytes) }
}
