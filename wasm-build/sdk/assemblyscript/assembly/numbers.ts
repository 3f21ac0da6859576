/** Something that a module can read, or refer to by a value. */
export const enum Field {
  Method = 1,
  Target = 2,
  Path = 3,
  URL = 4,
  Header = 5,
  Query = 6,
  Form = 7,
  Cookie = 8,
  JSON = 9,
  Setting = 10,
  EventID = 11,
  EventType = 12,
  EventSource = 13,
  EventTime = 14,
  EventProvider = 15,
  EventProviderID = 16,
  Subscription = 17,
  Endpoint = 18,
  /** What a value of the language of schemes gives. */
  Expression = 19,
  /** The JSON text at a dotted path, as it was sent. */
  JSONText = 20,
  /** That text as JSON.stringify writes it. */
  JSONStringified = 21,
}

/** The index that asks for the only value of a field. */
export const ONLY: i32 = -1;

/** Why a text could not be read. */
export const enum Result {
  OK = 0,
  /** There is no such header, parameter, member or index. */
  Absent = -1,
  /** The body is not JSON. */
  Malformed = -2,
  /** There are several where one was asked for. */
  Ambiguous = -3,
  /** The field carries credentials. A claim may refer to it by a value. */
  Denied = -4,
  /** The place holds nothing of the form that was asked for. */
  Unfit = -5,
}

/** How bytes are written as text. A set of encodings is their sum. */
export const enum Encoding {
  Hex = 1,
  HexUpper = 2,
  Base64 = 4,
  Base64URL = 8,
  /** The text itself, for tokens. */
  Raw = 16,
  /** An unsigned number, for a digest that is written. */
  Decimal = 32,
}

/** Where a check finds its key. */
export const enum KeyOrigin {
  SourceSecrets = 0,
  HintedSecrets = 1,
  Referenced = 2,
}

/** How a moment is written. */
export const enum TimeUnit {
  Seconds = 1,
  Milliseconds = 2,
  RFC3339 = 3,
  /** As RFC 3339, with the zone left out at will, and then UTC. */
  ISO8601 = 4,
  /** 12/31/2024 23:59:59, read as UTC. */
  DotNetInvariant = 5,
  /** The form of the Date header, in GMT. */
  HTTPDate = 6,
}

/** The side on which a time condition bounds a moment. */
export const enum Bound {
  NotBefore = 0,
  NotAfter = 1,
}

/** The level of a log line. */
export const enum Level {
  Debug = 0,
  Info = 1,
  Warn = 2,
  Error = 3,
}
