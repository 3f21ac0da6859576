// Package scripttest runs the tests of transforms: files that lie beside a
// script, hold events, and say what becomes of each.
//
//	# to-crm.test.toml tests to-crm.js, or to-crm.ts
//	[[test]]
//	name = "a contract is signed"
//	event.type = "document.signed"
//	event.body = '{"documentId":"d1"}'
//
//	[[test.output]]
//	type = "contract.signed"
//	json = '{"kind":"contract.signed","document":"d1"}'
//
//	[[test]]
//	name  = "an archived one is dropped"
//	event = { type = "document.archived", body = '{"documentId":"d1"}' }
//	drop  = true
//
//	[[test]]
//	name  = "one without a document fails"
//	event = { type = "document.signed", body = '{}' }
//	error = "names no document"
//
// A file begins with script = "NAME" if the script has another name, and with
// [settings] if all its tests have the same.
//
// An event has id, type, source, provider, time, content_type, headers, and a
// body or a body_file beside the test; all but the body have a standard. A test
// states exactly one of output, drop and error, where error is a part of the
// message; it may state settings and log, whose items are "level: line".
//
// An output states its body: as json, in which white space does not count and
// everything else does, or as body or body_file, byte for byte. Its type,
// content_type and headers are compared where they are stated.
package scripttest
