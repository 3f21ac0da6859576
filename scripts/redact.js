// Takes personal data out of an event, wherever it stands:
//
// - members whose names say what they hold are replaced by "[redacted]";
// - e-mail addresses in any other text become a pseudonym, the same for the same
//   address, so that a receiver can still tell who is who. A pseudonym is not
//   anonymous: whoever knows an address can compute its.
//
// Everything else stays as it was, to the character.

const NAMES = new Set([
  "name", "firstname", "lastname", "fullname", "phone", "mobile", "address", "street", "birthday", "dateofbirth",
  "ssn", "iban", "password", "ip", "ipaddress",
])

const ADDRESS = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g

/**
 * @param {hookseal.Event} event
 * @returns {hookseal.Result}
 */
export default function transform(event) {
  if (event.data === undefined) throw new Error("the body is not JSON: what it holds is not known")
  event.data = redacted("", event.data)
  return event
}

/**
 * @param {string} name
 * @param {any} value
 * @returns {any}
 */
function redacted(name, value) {
  if (value !== null && NAMES.has(name.toLowerCase().replace(/[^a-z]/g, ""))) return "[redacted]"
  if (typeof value === "string") return value.replace(ADDRESS, pseudonym)
  if (value === null || typeof value !== "object") return value
  for (const key of Object.keys(value)) {
    const clean = redacted(Array.isArray(value) ? name : key, value[key])
    if (clean !== value[key]) value[key] = clean
  }
  return value
}

/** @param {string} address */
function pseudonym(address) {
  return `person-${digest("sha256", address.toLowerCase()).slice(0, 12)}`
}
