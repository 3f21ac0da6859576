// Package webhook holds the nouns of hookseal and the small interfaces between
// its parts: the [Request] that came in, the [Claim] that says what was signed,
// the [Secret] it is judged with, the [Verdict], the [Event] that was accepted,
// the [Delivery] that is owed, and the [Guest] that may shape the first and the
// last of these.
//
// It imports the standard library alone, does no I/O and reads no clock: every
// function that depends on time takes it as a parameter. Every other package of
// hookseal may import it; it imports none of them.
package webhook
