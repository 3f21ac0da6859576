// Package jsonvalue reads JSON as ECMAScript does, to the byte: what
// JSON.parse(buffer.toString("utf8")) accepts in Node.js it accepts, and what
// JSON.stringify then writes [AppendStringify] writes. The rules are those of
// ECMA-262, sections "The JSON Object" and "Number::toString", and for the bytes
// those of the WHATWG Encoding Standard.
//
// Three things keep more than a Go value could hold: [Parse] gives a tree with
// member order, duplicate names and the source text of every scalar, [Lookup]
// reads one scalar without a tree, and [Ambiguity] names what two readers could
// understand differently.
//
// Strings are given as WTF-8: UTF-8, in which a surrogate that an escape left
// without its partner, such as "\ud800", stands as the three bytes that UTF-8
// would have for that code point. Bytes of the source that are not UTF-8 become
// U+FFFD, one for each maximal subpart, so the three bytes never mean anything
// else. [AppendUTF16] turns such a text into the code units of ECMAScript.
//
// Every function takes time proportional to its input, whatever the input is,
// keeps no state and is safe for concurrent use.
package jsonvalue
