// What scripts for hookseal find: the types of their arguments and results, and
// the globals. For an editor, begin a script in another folder with
//
//   /// <reference path="…/hookseal.d.ts" />
//
// or name this file in a tsconfig.json whose "lib" is ["es2022"] and whose "types"
// are []: there is no DOM, no Node.js and no timer.

declare namespace hookseal {
  /** A transform, exported as default or under this name. */
  type Transform = (event: Event, context: Context) => Result | Promise<Result>

  /** A rule, exported under the name claim. */
  type Rule = (request: Request, context: RuleContext) => Claim

  /** An event as a transform sees it. */
  interface Event {
    /** hookseal's own identifier. */
    readonly id: string
    /** What happened, such as "document.signed"; empty if the provider has no types. */
    type: string
    readonly source: string
    /** The pack that verified it, empty for a published event. */
    readonly provider: string
    /** When it was received, in ISO 8601. */
    readonly time: string
    /** Lower-case names to values. What is set here, the endpoint is sent; what came is not. */
    headers: Record<string, string | string[]>
    /** The media type of the body. */
    contentType: string
    /** The body as text, undefined if it is not UTF-8. */
    body: any
    /** The body as JSON, undefined if it is none. What is not touched keeps its text. */
    data: any
    /** The body as a new copy. */
    readonly bytes: Uint8Array
  }

  /** What a transform may know beside the event. */
  interface Context {
    readonly subscription: string
    readonly endpoint: string
    readonly settings: Readonly<Record<string, string>>
  }

  /** A message: what is left out stays as the event has it, but for data and body, one of which is given. */
  type Message = {
    type?: string
    contentType?: string
    headers?: Record<string, string | string[]>
  } & ({ data: unknown; body?: undefined } | { body: string | Uint8Array | ArrayBuffer; data?: undefined })

  /** The event, changed or not, messages made anew, or null to drop the event. */
  type Result = Event | Message | (Event | Message)[] | null

  /** A request as a rule sees it. */
  interface Request {
    readonly method: Value
    readonly path: Value
    readonly url: Value
    /** Stands for the body in a message; it cannot be read. */
    readonly body: Part
    /** The body as JSON.stringify writes it. */
    readonly stringified: Part
    /** The body as RFC 8785 writes it. */
    readonly canonical: Part
    /** The body as text, undefined if it is not UTF-8. */
    readonly text: string | undefined
    readonly target: string
    readonly headers: Readonly<Record<string, string>>
    header(name: string): Value
    query(name: string): Value
    form(name: string): Value
    cookie(name: string): Value
    /** A value of the body, by a dotted path. */
    json(path: string): Value
    /** The JSON text of what stands at a path of the body, as it was sent or as JSON.stringify writes it. */
    jsonText(path: string, form?: "stringified"): Value
    setting(name: string): Value
    /** What an expression of provider.toml gives, such as "json.EventId or json.eventId | uuid:N". */
    value(expression: string): Value
    /** Names and values in order, decoded; null if they cannot be read. */
    fields(place: "form" | "query"): [string, string][] | null
  }

  interface RuleContext {
    readonly settings: Readonly<Record<string, string>>
    /** Stands for the secret in a message. */
    readonly secret: Part
  }

  /** A part of a message that a rule refers to and never holds. */
  interface Part {
    readonly [part]: true
  }
  const part: unique symbol

  /** A value of the request. It remembers its place, from which the host computes what is covered. */
  interface Value {
    readonly text: string
    readonly found: boolean
    /** Why the value is there and cannot count. */
    readonly fault: string
    /** The one of two that is there; both are refused. */
    or(other: Value): Value
    /** Without a prefix that must be there. */
    strip(prefix: string): Value
    /** The n-th piece, from zero. */
    split(separator: string, n: number): Value
    /** What follows key= in the n-th such piece, from zero. */
    member(separator: string, key: string, n: number): Value
    /** A piece of a JSON Web Signature: "input", "signature", "header.PATH" or "claims.PATH". */
    jws(algorithm: string, name: string): Value
    toString(): string
  }

  type OneOrMany<T> = T | readonly T[]
  type Encoding = "hex" | "HEX" | "base64" | "base64url" | "raw"
  type Unit = "s" | "ms" | "rfc3339" | "iso8601" | "dotnet-invariant" | "http-date"
  type MessagePart = string | Value | Part | { digest: { algorithm: string; encoding: Encoding; parts: OneOrMany<MessagePart> } }

  /** What a request says was signed, and how. */
  type Claim =
    | { refused: string }
    | {
        anyOf?: OneOrMany<{ name?: string; allOf: OneOrMany<Check> }>
        time?: { value: Value | string; unit: OneOrMany<Unit>; tolerance?: string }
        id?: Value | string
        type?: Value | string
        conditions?: OneOrMany<Condition>
        challenge?: Challenge
      }

  interface Check {
    algorithm: string
    key?: { from?: "source" | "hint" | "reference"; prepare?: string; id?: Value | string; url?: Value | string; certificate?: Value | string }
    message?: OneOrMany<MessagePart>
    signatures: OneOrMany<{ value: Value; encoding?: OneOrMany<Encoding> }>
  }

  type Condition = { optional?: boolean } & (
    | { equals: [Value | string, Value | string] }
    | { value: Value; in: string[] }
    | { value: Value; digest: { algorithm: string; encoding: Encoding; parts: OneOrMany<MessagePart> } }
    | { notBefore: Value; unit: Unit; leeway?: string }
    | { notAfter: Value; unit: Unit; leeway?: string }
  )

  interface Challenge {
    status?: number
    contentType?: string
    body?: Value | string
    unsigned?: boolean
  }

  /** The argument of handler in a script for Svix. */
  interface SvixWebhook {
    readonly method: string
    readonly url: string
    readonly eventType: string
    payload: any
    headers: Record<string, string>
    cancel: boolean
  }

  /** The first argument of a handler for Hookdeck. */
  interface HookdeckRequest {
    headers: Record<string, string>
    body: any
    readonly query: string
    readonly parsed_query: Record<string, string>
    readonly path: string
  }

  interface HookdeckContext {
    readonly connection: { readonly name: string; readonly source: { readonly name: string }; readonly destination: { readonly name: string } }
  }
}

/** Writes to the log of the delivery: strings as they are, everything else as JSON. */
declare const console: {
  log(...values: unknown[]): void
  info(...values: unknown[]): void
  debug(...values: unknown[]): void
  warn(...values: unknown[]): void
  error(...values: unknown[]): void
}

/** The digest of a string, as UTF-8, or of bytes. */
declare function digest(
  algorithm: "md5" | "sha1" | "sha256" | "sha384" | "sha512",
  data: string | ArrayBuffer | ArrayBufferView,
  encoding?: "hex" | "base64" | "base64url",
): string

/** Text whose characters are bytes, in base64. */
declare function btoa(text: string): string
/** The inverse of btoa. */
declare function atob(text: string): string

/** A deep copy. One of what came from JSON keeps its text as well. */
declare function structuredClone<T>(value: T): T

declare class TextEncoder {
  readonly encoding: "utf-8"
  encode(text?: string): Uint8Array
  encodeInto(text: string, into: Uint8Array): { read: number; written: number }
}

declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean })
  readonly encoding: "utf-8"
  readonly fatal: boolean
  readonly ignoreBOM: boolean
  decode(bytes?: ArrayBuffer | ArrayBufferView): string
}

declare class URLSearchParams implements Iterable<[string, string]> {
  constructor(init?: string | Iterable<readonly [string, string]> | Record<string, string>)
  readonly size: number
  append(name: string, value: string): void
  delete(name: string, value?: string): void
  get(name: string): string | null
  getAll(name: string): string[]
  has(name: string, value?: string): boolean
  set(name: string, value: string): void
  sort(): void
  forEach(callback: (value: string, name: string, params: URLSearchParams) => void, self?: unknown): void
  entries(): IterableIterator<[string, string]>
  keys(): IterableIterator<string>
  values(): IterableIterator<string>
  [Symbol.iterator](): IterableIterator<[string, string]>
  toString(): string
}

declare class URL {
  constructor(url: string | URL, base?: string | URL)
  static canParse(url: string | URL, base?: string | URL): boolean
  static parse(url: string | URL, base?: string | URL): URL | null
  href: string
  readonly origin: string
  protocol: string
  username: string
  password: string
  host: string
  hostname: string
  port: string
  pathname: string
  search: string
  hash: string
  readonly searchParams: URLSearchParams
  toString(): string
  toJSON(): string
}

/** In a script for Hookdeck: registers the transform. */
declare function addHandler(
  event: "transform",
  handler: (request: hookseal.HookdeckRequest, context: hookseal.HookdeckContext) => hookseal.HookdeckRequest,
): void

/** In a script for Hookdeck: fails the transform. */
declare const $transform: { fail(message?: string): never }

/** In a script for Hookdeck: the settings of the transform. */
declare const process: { readonly env: Readonly<Record<string, string>> }
