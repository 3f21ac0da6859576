// TextEncoder and TextDecoder of the WHATWG Encoding Standard, for UTF-8.
(host) => {
  class TextEncoder {
    get encoding() {
      return "utf-8"
    }

    encode(text = "") {
      return new Uint8Array(host.encode(`${text}`))
    }

    encodeInto(text, into) {
      let read = 0
      let written = 0
      for (const c of `${text}`) {
        const bytes = this.encode(c)
        if (written + bytes.length > into.length) break
        into.set(bytes, written)
        read += c.length
        written += bytes.length
      }
      return { read, written }
    }
  }

  class TextDecoder {
    #fatal
    #ignoreBOM

    constructor(label = "utf-8", { fatal = false, ignoreBOM = false } = {}) {
      const name = `${label}`.trim().toLowerCase()
      if (name !== "utf-8" && name !== "utf8" && name !== "unicode-1-1-utf-8") {
        throw new RangeError(`The encoding "${label}" is not supported, want utf-8`)
      }
      this.#fatal = Boolean(fatal)
      this.#ignoreBOM = Boolean(ignoreBOM)
    }

    get encoding() {
      return "utf-8"
    }

    get fatal() {
      return this.#fatal
    }

    get ignoreBOM() {
      return this.#ignoreBOM
    }

    decode(bytes, { stream = false } = {}) {
      if (stream) throw new TypeError("TextDecoder: stream is not supported")
      return bytes === undefined ? "" : host.decode(bytes, this.#fatal, this.#ignoreBOM)
    }
  }

  return { TextEncoder, TextDecoder }
}
