// Makes one event of each item of a list, for a receiver that takes them one by
// one:
//
//   { "batch": 7, "items": [{ "n": 1 }, { "n": 2 }] }
//   { "batch": 7, "item": { "n": 1 }, "position": 1, "of": 2 }
//   { "batch": 7, "item": { "n": 2 }, "position": 2, "of": 2 }
//
// The deliveries are retried each on its own, under the ids <event>_1 and so on.
// An empty list makes none, and the event is recorded as dropped.

const LIST = "items"
const TYPE = "item" // is put behind the event's type: batch.created.item

/**
 * @param {hookseal.Event} event
 * @returns {hookseal.Result}
 */
export default function transform(event) {
  const { [LIST]: items, ...rest } = event.data
  if (!Array.isArray(items)) throw new Error(`${LIST} is no list`)
  return items.map((item, i) => ({
    type: event.type ? `${event.type}.${TYPE}` : TYPE,
    data: { ...rest, item, position: i + 1, of: items.length },
  }))
}
