// Flattens nested objects, and gives members other names:
//
//   { "user": { "name": "Ada", "tags": ["a"] } }
//   { "user_name": "Ada", "user_tags": ["a"] }
//
// Lists stay as they are, to the character. Two members that would get one name
// are an error: neither is lost in silence.

const SEPARATOR = "_"

// The new names of members, by what they are called once flattened; null leaves
// a member out.
/** @type {Record<string, string | null>} */
const NAMES = {
  user_mail: "email",
  internal: null,
}

/**
 * @param {hookseal.Event} event
 * @returns {hookseal.Result}
 */
export default function transform(event) {
  if (event.data === null || typeof event.data !== "object" || Array.isArray(event.data)) {
    throw new Error("the body is no object")
  }
  const flat = new Map()
  flatten(event.data, "", flat)
  return { data: Object.fromEntries(flat) }
}

/**
 * @param {Record<string, any>} object
 * @param {string} prefix
 * @param {Map<string, any>} flat
 */
function flatten(object, prefix, flat) {
  for (const key of Object.keys(object)) {
    const path = prefix + key
    const name = Object.hasOwn(NAMES, path) ? NAMES[path] : path
    const value = object[key]
    if (name === null) continue
    if (value !== null && typeof value === "object" && !Array.isArray(value)) {
      flatten(value, path + SEPARATOR, flat)
      continue
    }
    if (flat.has(name)) throw new Error(`two members would be called ${name}`)
    flat.set(name, value)
  }
}
