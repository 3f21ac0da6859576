// Package scheme judges what webhooks say was signed.
//
// A [Scheme] is how a provider signs, written as data ([Definition]) and
// compiled once. [Verify] judges a request by it and [Sign] signs one: both
// come from the same definition, so that what one writes the other accepts.
// Rules that data cannot express hand in a [webhook.Claim] of their own, which
// [Check] judges in the same way.
//
// The package does no I/O and reads no clock. A Scheme is immutable and safe
// for concurrent use.
//
// # Templates
//
// A message is a template: text with values in braces, "{{" and "}}" for the
// braces themselves.
//
//	{header.webhook-id}.{header.webhook-timestamp}.{body}
//	{json.EventId or json.eventId | uuid:N}.{json.TimeStamp}.{secret}
//
// The values are body, form (all its fields, by the pipe sort-unique), secret,
// method, path, url, header.NAME, query.NAME, form.NAME, json.PATH (dotted),
// sig.NAME (a member of a structured signature header) and setting.NAME. "a or b"
// is the one of two that is present; both are refused.
// The pipes are listed at [Pipes].
//
// # Algorithms and keys
//
// [Algorithms] lists what is computed, [KeySteps] how a secret becomes the key. An
// algorithm with a pair of keys verifies under the public one, and signs with the
// private one where that is given; a public key, which everybody may know, is never
// the key of an HMAC. Keys are read once, not with every request: [Scheme.CheckSecret]
// says what is wrong with one.
package scheme
