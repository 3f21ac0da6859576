// structuredClone of the HTML Standard, for the objects that scripts have.
(host) => {
  const typed = Object.getPrototypeOf(Uint8Array)
  const errors = { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError }

  function refuse(what) {
    const error = new Error(`${what} could not be cloned.`)
    error.name = "DataCloneError"
    throw error
  }

  // begin makes the copy of an object, empty where it has members of its own.
  function begin(value, copy) {
    if (Array.isArray(value)) return new Array(value.length)
    if (value instanceof Date) return new Date(value.getTime())
    if (value instanceof RegExp) return new RegExp(value.source, value.flags)
    if (value instanceof Map) return new Map()
    if (value instanceof Set) return new Set()
    if (value instanceof ArrayBuffer) return value.slice(0)
    if (value instanceof typed) return new value.constructor(copy(value.buffer), value.byteOffset, value.length)
    if (value instanceof DataView) return new DataView(copy(value.buffer), value.byteOffset, value.byteLength)
    if (value instanceof Boolean || value instanceof Number || value instanceof String) return Object(value.valueOf())
    if (value instanceof Error) {
      const made = new (Object.hasOwn(errors, value.name) ? errors[value.name] : Error)(value.message)
      Object.defineProperty(made, "stack", { value: value.stack, writable: true, configurable: true })
      return made
    }
    if (value instanceof Promise || value instanceof WeakMap || value instanceof WeakSet) refuse("The object")
    return {}
  }

  function structuredClone(value) {
    if (arguments.length === 0) throw new TypeError("structuredClone: 1 argument required, but only 0 present")
    const seen = new Map()

    function copy(value) {
      if (typeof value === "function" || typeof value === "symbol") refuse(String(value))
      if (value === null || typeof value !== "object") return value
      if (seen.has(value)) return seen.get(value)
      const parsed = host.parsed(value)
      if (parsed !== undefined) {
        seen.set(value, parsed)
        return parsed
      }
      const made = begin(value, copy)
      seen.set(value, made)
      if (made instanceof Map) {
        for (const [k, v] of [...value]) made.set(copy(k), copy(v))
      } else if (made instanceof Set) {
        for (const v of [...value]) made.add(copy(v))
      } else if (Array.isArray(made) || Object.getPrototypeOf(made) === Object.prototype) {
        for (const key of Object.keys(value)) {
          Object.defineProperty(made, key, { value: copy(value[key]), writable: true, enumerable: true, configurable: true })
        }
      }
      return made
    }

    return copy(value)
  }

  return { structuredClone }
}
