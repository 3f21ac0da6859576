// URL and URLSearchParams of the WHATWG URL Standard.
(host) => {
  const update = Symbol("update")

  class URLSearchParams {
    #pairs = []
    #changed = () => {}

    constructor(init = "") {
      if (init !== null && typeof init === "object") {
        if (typeof init[Symbol.iterator] === "function") {
          for (const pair of init) {
            const [name, value, ...rest] = pair
            if (value === undefined || rest.length > 0) throw new TypeError("URLSearchParams: each pair must be an iterable [name, value] tuple")
            this.#pairs.push([`${name}`, `${value}`])
          }
        } else {
          for (const name of Object.keys(init)) this.#pairs.push([name, `${init[name]}`])
        }
      } else {
        this.#pairs = host.parseQuery(`${init}`.replace(/^\?/, ""))
      }
    }

    // update replaces the pairs by those of a query, and says what to call when
    // they change.
    [update](query, changed) {
      this.#pairs = host.parseQuery(query)
      if (changed) this.#changed = changed
    }

    get size() {
      return this.#pairs.length
    }

    append(name, value) {
      this.#pairs.push([`${name}`, `${value}`])
      this.#changed()
    }

    delete(name, value) {
      this.#pairs = this.#pairs.filter(([n, v]) => n !== `${name}` || (value !== undefined && v !== `${value}`))
      this.#changed()
    }

    get(name) {
      const pair = this.#pairs.find(([n]) => n === `${name}`)
      return pair ? pair[1] : null
    }

    getAll(name) {
      return this.#pairs.filter(([n]) => n === `${name}`).map(([, v]) => v)
    }

    has(name, value) {
      return this.#pairs.some(([n, v]) => n === `${name}` && (value === undefined || v === `${value}`))
    }

    set(name, value) {
      const at = this.#pairs.findIndex(([n]) => n === `${name}`)
      if (at < 0) {
        this.#pairs.push([`${name}`, `${value}`])
      } else {
        this.#pairs = this.#pairs.filter(([n], i) => i <= at || n !== `${name}`)
        this.#pairs[at] = [`${name}`, `${value}`]
      }
      this.#changed()
    }

    sort() {
      this.#pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      this.#changed()
    }

    forEach(callback, self) {
      for (const [name, value] of this) callback.call(self, value, name, this)
    }

    *entries() {
      for (let i = 0; i < this.#pairs.length; i++) yield [...this.#pairs[i]]
    }

    *keys() {
      for (const [name] of this.entries()) yield name
    }

    *values() {
      for (const [, value] of this.entries()) yield value
    }

    [Symbol.iterator]() {
      return this.entries()
    }

    toString() {
      return host.formatQuery(this.#pairs)
    }

    get [Symbol.toStringTag]() {
      return "URLSearchParams"
    }
  }

  class URL {
    #record
    #params

    constructor(url, base) {
      this.#record = host.parseURL(`${url}`, base === undefined ? undefined : `${base}`)
      if (!this.#record) throw new TypeError(`Invalid URL: ${url}`)
    }

    static canParse(url, base) {
      return host.parseURL(`${url}`, base === undefined ? undefined : `${base}`) !== null
    }

    static parse(url, base) {
      return URL.canParse(url, base) ? new URL(url, base) : null
    }

    // set changes one part, if it can have the value.
    #set(part, value) {
      this.#record = host.setURL(this.#record, part, `${value}`)
    }

    get searchParams() {
      if (!this.#params) {
        this.#params = new URLSearchParams()
        this.#params[update](this.search.slice(1), () => this.#set("search", this.#params.toString()))
      }
      return this.#params
    }

    get href() {
      return this.#record.href
    }

    set href(value) {
      const record = host.parseURL(`${value}`)
      if (!record) throw new TypeError(`Invalid URL: ${value}`)
      this.#record = record
      this.#params?.[update](this.search.slice(1))
    }

    get search() {
      return this.#record.search
    }

    set search(value) {
      this.#set("search", value)
      this.#params?.[update](this.search.slice(1))
    }

    get origin() {
      return this.#record.origin
    }

    toString() {
      return this.href
    }

    toJSON() {
      return this.href
    }

    get [Symbol.toStringTag]() {
      return "URL"
    }

    static {
      for (const part of ["protocol", "username", "password", "host", "hostname", "port", "pathname", "hash"]) {
        Object.defineProperty(URL.prototype, part, {
          get() {
            return this.#record[part]
          },
          set(value) {
            this.#set(part, value)
          },
          enumerable: true,
          configurable: true,
        })
      }
      for (const part of ["href", "search", "origin", "searchParams"]) {
        Object.defineProperty(URL.prototype, part, { ...Object.getOwnPropertyDescriptor(URL.prototype, part), enumerable: true })
      }
    }
  }

  return { URL, URLSearchParams }
}
