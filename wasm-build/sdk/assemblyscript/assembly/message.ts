import * as host from "./host";
import { Field, ONLY } from "./numbers";
import { Text, buffer, decode, BUFFER_SIZE } from "./text";

function read(field: Field, name: string, index: i32): string | null {
  const t = new Text(name);
  const n = host.read(field, t.at, t.len, index, changetype<usize>(buffer), BUFFER_SIZE);
  if (n <= BUFFER_SIZE) return decode(buffer, n);
  const bytes = new ArrayBuffer(n);
  return decode(bytes, host.read(field, t.at, t.len, index, changetype<usize>(bytes), n));
}

function names(field: Field): string[] {
  const all: string[] = [];
  for (;;) {
    const n = host.name(field, all.length, changetype<usize>(buffer), BUFFER_SIZE);
    const bytes = n <= BUFFER_SIZE ? buffer : new ArrayBuffer(n);
    if (n > BUFFER_SIZE) host.name(field, all.length, changetype<usize>(bytes), n);
    const name = decode(bytes, n);
    if (name === null) return all;
    all.push(name);
  }
}

function every(field: Field, name: string): string[] {
  const all: string[] = [];
  for (let text = read(field, name, 0); text !== null; text = read(field, name, all.length)) all.push(text);
  return all;
}

function orEmpty(field: Field): string {
  const text = read(field, "", 0);
  return text !== null ? text : "";
}

/**
 * What a request and an event have in common. A text that cannot be read is null,
 * and lastResult says why.
 */
class Message {
  /** Returns the first value of a header field. */
  header(name: string): string | null {
    return read(Field.Header, name, 0);
  }

  /** Returns every value of a header field, in order. */
  headers(name: string): string[] {
    return every(Field.Header, name);
  }

  /** Returns the names of the header fields, in order, without those that carry credentials. */
  headerNames(): string[] {
    return names(Field.Header);
  }

  /**
   * Returns the scalar at a dotted path of the body: the text of a string, and
   * numbers and booleans as they are written.
   */
  json(path: string): string | null {
    return read(Field.JSON, path, ONLY);
  }

  /** Returns the only value of a parameter of a form in the body. */
  form(name: string): string | null {
    return read(Field.Form, name, ONLY);
  }

  /** Returns every value of such a parameter, in order. */
  formAll(name: string): string[] {
    return every(Field.Form, name);
  }

  /**
   * Returns the names of the form's parameters in the order in which they were
   * sent, as often as each was; lastResult is Absent where all of them were read.
   */
  formNames(): string[] {
    return names(Field.Form);
  }

  /** Returns the names of the settings, in order. */
  settingNames(): string[] {
    return names(Field.Setting);
  }

  /** Returns a setting of the configuration. */
  setting(name: string): string | null {
    return read(Field.Setting, name, 0);
  }

  /** Returns a copy of the raw body. */
  body(): Uint8Array {
    const body = new Uint8Array(host.body_len());
    host.body_read(0, body.dataStart, body.length);
    return body;
  }
}

/** The request that a rule looks at, before anything about it has been proven. */
export class Request extends Message {
  /** The request method. */
  get method(): string {
    return orEmpty(Field.Method);
  }

  /** The request-target: path and query, byte for byte. */
  get target(): string {
    return orEmpty(Field.Target);
  }

  /** The part of the target before the query. */
  get path(): string {
    return orEmpty(Field.Path);
  }

  /** Scheme, host and target. */
  get url(): string {
    return orEmpty(Field.URL);
  }

  /** Returns the only value of a query parameter, decoded. */
  query(name: string): string | null {
    return read(Field.Query, name, ONLY);
  }

  /** Returns every value of a query parameter, decoded and in order. */
  queryAll(name: string): string[] {
    return every(Field.Query, name);
  }

  /**
   * Returns the names of the query's parameters in the order in which they were
   * sent, as often as each was; lastResult is Absent where all of them were read.
   */
  queryNames(): string[] {
    return names(Field.Query);
  }
}

/** The verified event that a transform is given. */
export class Event extends Message {
  /** The identifier under which the event is delivered. */
  get id(): string {
    return orEmpty(Field.EventID);
  }

  /** The event's type, empty if its provider has none. */
  get type(): string {
    return orEmpty(Field.EventType);
  }

  /** The name of the source. */
  get source(): string {
    return orEmpty(Field.EventSource);
  }

  /** When the event was received, in RFC 3339, in UTC. */
  get time(): string {
    return orEmpty(Field.EventTime);
  }

  /** The name of the pack that verified the event. */
  get provider(): string {
    return orEmpty(Field.EventProvider);
  }

  /** The identifier that the sender gave, empty if it gave none. */
  get providerID(): string {
    return orEmpty(Field.EventProviderID);
  }

  /** The name of the subscription that the event is for. */
  get subscription(): string {
    return orEmpty(Field.Subscription);
  }

  /** The name of the endpoint that the event is for. */
  get endpoint(): string {
    return orEmpty(Field.Endpoint);
  }

  /**
   * Hands out an event; without any the one that came in is dropped. An empty
   * type or content type is that of the event which came in.
   */
  emit(body: Uint8Array, type: string = "", contentType: string = ""): void {
    const t = new Text(type);
    const c = new Text(contentType);
    host.emit(t.at, t.len, c.at, c.len, body.dataStart, body.length);
  }

  /** Hands out the event that came in, with another type unless that is empty. */
  forward(type: string = ""): void {
    const t = new Text(type);
    host.forward(t.at, t.len);
  }

  /** Adds a header field to the event that was handed out last. */
  emitHeader(name: string, value: string): void {
    const n = new Text(name);
    const v = new Text(value);
    host.emit_header(n.at, n.len, v.at, v.len);
  }
}
