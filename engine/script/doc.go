// Package script runs JavaScript guests: transforms of events, and rules that
// say what a request claims was signed.
//
// A script is one file of ECMAScript for goja, compiled once; with a [Bundler] it
// may be TypeScript and import other files. Every call gets a virtual machine of
// its own, so that no call sees what another left. There is no network, no disk,
// no timer and no module loader in it.
//
// # Forms
//
// A script offers a hook by exporting a function:
//
//	export default function transform(event, context) { … }   // also unnamed, async or an arrow
//	export function claim(request, context) { … }             // also const claim = …
//	export { toCRM as default }
//
// The default export is transform unless its name is claim. Export stands at the
// top level in front of a declaration, of a list or, after default, of an
// expression. A script with exports is strict. Line and column of an error are
// those of the file that its author wrote; columns count characters.
//
// A script without exports is in the form of another service, by what it calls
// or declares: addHandler("transform", (request, context) => …) is Hookdeck's,
// function handler(webhook) Svix's, and function transform(payload) Convoy's.
// scripts/FORMS.md says what their results mean. It may declare claim beside.
//
// # Library
//
// Beside what ECMAScript has there are console (log, info, debug, warn and error
// write to the log of the call), digest(algorithm, data, encoding), btoa and atob,
// TextEncoder and TextDecoder for UTF-8, structuredClone, URL and
// URLSearchParams. Each is there for a script in whose text its name stands.
// A URL of more than 64 KiB or with more than 100 signs @ is none.
//
// # transform
//
// The event has the members
//
//	id, type, source, provider   strings
//	time                         when it was received, as an ISO 8601 string
//	headers                      lower-case names to values; a repeated field is joined by ", "
//	contentType                  the media type of the body
//	body                         the body as text; undefined if it is not UTF-8
//	data                         the body as JSON; undefined if it is not
//	bytes                        the body as a new Uint8Array; not enumerable
//
// and the context subscription, endpoint and settings. Bytes, data and headers
// are made when they are first read. Date without arguments is the event's time
// and Math.random is seeded by its id, so that a replay gives the same; local
// time is that of the server.
//
// The result is null to drop the event, an event, or an array of events, none of
// which is null. An event is the one that came, changed or not, a copy of it, or
// a new object of type, data or body, contentType and headers; what it leaves out
// stays as it came, but for data and body, one of which it gives. Data is written
// as JSON; a body is a string, a Uint8Array or an ArrayBuffer. Both may be there
// if only one of them was changed. Of event.headers, which came with the event,
// the endpoint is sent what the script set; of an object of the script's own all
// of it but the fields of the connection. Anything else, such as undefined or an
// unknown member, is an error of the kind abi.
//
// # What stays as it was
//
// Data keeps the source text of what the script does not touch: numbers such as
// 1.0 and 12345678901234567890, escapes, the order of members, names that come
// twice. Untouched data is the body byte for byte. In data that was touched,
// arrays and objects that were not keep their text with its white space, members
// their text and their place, also one that was set to the value it had, and new
// members come last. Members of one name are all left while the script does not
// touch them, and else the first is, with its new value. Arrays and objects take
// their text along where they are moved to; a number or string that is copied is
// the script's own, and written as JSON.stringify would. The same
// holds for what JSON.parse gives. Member names with lone surrogates are read
// with U+FFFD in their place.
//
// # claim
//
// A claim says what was signed and how; the host computes and compares. There is
// no clock and no randomness: Date without arguments and Math.random throw.
//
//	export function claim(request, context) {
//	  const sent = request.header("x-sent")
//	  return {
//	    anyOf: [{
//	      name: "v0",
//	      allOf: [{
//	        algorithm: "hmac-sha256",
//	        key: { prepare: "strip:whsec_ | base64" },
//	        message: ["v0:", sent, ":", request.body],
//	        signatures: [{ value: request.header("x-signature").strip("v0="), encoding: "hex" }],
//	      }],
//	    }],
//	    time: { value: sent, unit: "s", tolerance: "5m" },
//	    id: request.json("event.id"),
//	    type: request.json("event.type"),
//	    conditions: [{ equals: [request.header("x-event"), request.json("event.type")], optional: true }],
//	  }
//	}
//
// A list of one may be written without its brackets. The members are those of
// [webhook.Claim]:
//
//	key         { from: "source" | "hint" | "reference", prepare, id, url, certificate }
//	message     strings, values, request.body, request.stringified (the body as JSON.stringify
//	            writes it), request.canonical (as RFC 8785 does), context.secret,
//	            { digest: { algorithm, encoding, parts } }; the digest "verbatim" is none
//	encoding    hex, HEX, base64, base64url, raw, or a list
//	time        { value, unit, tolerance }; unit is s, ms, rfc3339, iso8601, dotnet-invariant, http-date or a list
//	conditions  { equals: [a, b] }, { value, in: [texts] }, { value, digest }, { notBefore, unit },
//	            { notAfter, unit }, each with optional: true or without; the
//	            last two with leeway: "1m" or without
//	challenge   { status, contentType, body, unsigned }
//	refused     a [webhook.Reason], in place of all the rest
//
// Values are request.method, path and url, and what the functions request.header,
// query, form, cookie, json (a dotted path) and setting give for a name;
// request.jsonText(path), the JSON of an object or array too, as it was sent or with
// "stringified" behind the path as JSON.stringify writes it; and
// request.value(expression), what a value of the language of schemes gives, such as
// "json.EventId or json.eventId | uuid:N". A value is always an object, also for what
// the request does not have. It remembers its place in the request, from which the
// host computes what the signature covers. Its members:
//
//	text, found, fault            fault is the [webhook.Reason] why it is there and cannot count
//	or(other)                     the one of two that is there; both are refused
//	strip(prefix)                 without a prefix that must be there
//	split(separator, n)           the n-th piece, from zero
//	member(separator, key, n)     what follows key= in the n-th such piece, from zero
//	jws(algorithm, name)          of a JSON Web Signature of the algorithm, "ES256" and the
//	                              like: its input, which is what is signed, its signature, or
//	                              the scalar at header.PATH or claims.PATH
//
// Text made of a value, such as value.text or "v0:" + value, has no place: it may
// be signed and covers nothing. Authorization, Proxy-Authorization and Cookie can
// be put into a claim and not read. For looking at are the string request.target,
// the object request.headers, request.text (the body, undefined if it is not UTF-8),
// request.fields("form") and request.fields("query") (lists of names and values,
// decoded and in order, null if they cannot be read), and context.settings.
//
// # Limits
//
// Time, output, events and log lines are bounded by [webhook.GuestLimits], calls
// by their depth, parsed JSON by its depth and by the memory limit. Within this
// process time and memory are bounded as far as the interpreter allows:
//
//   - The deadline stops script code. A builtin is not stopped, and neither is a
//     regular expression that backtracks (one with lookahead or backreferences;
//     others run in linear time): a builtin runs to its end and an expression for
//     five seconds at most, and then the result is discarded as a timeout. Long
//     builtins are arithmetic with large BigInts, joins, sorts, flat, replace and
//     normalize of much, and searches through lists of a length that was made up.
//   - Memory is not metered. The builtins that take much at one stroke, repeat,
//     padStart, padEnd and fill, are held to the memory limit where the script calls
//     them by their names. What is gathered step by step is held by the deadline
//     alone, and typed arrays, buffers, concatenations and shifts by nothing.
//   - A nesting that is not one of calls, as of code in eval, of a regular
//     expression, of lists in flat or of generators, ends the process when it takes
//     a gigabyte of stack.
//
// Scripts are for operators, who are trusted with their own events. What holds any
// script is a process of its own: package [github.com/hookseal/hookseal/engine/script/worker]
// runs these guests so.
package script
