// Prints what Node.js makes of each URL and each change of one, as JSON.
import { readFileSync } from "node:fs"

const parts = ["href", "origin", "protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "hash"]
const cases = JSON.parse(readFileSync(0, "utf8"))
const results = cases.map(({ url, base, set, to }) => {
  let u
  try {
    u = base === undefined ? new URL(url) : new URL(url, base)
  } catch {
    return { url, base, set, to, invalid: true }
  }
  if (set !== undefined) u[set] = to
  return { url, base, set, to, parts: Object.fromEntries(parts.map((p) => [p, u[p]])) }
})
console.log(JSON.stringify(results, null, 1))
