// Package conformance tries a WebAssembly module as hookseal would use it for
// years, and reports what it found: whether the host serves what the module
// imports, how it takes requests and events of every shape and size, whether the
// same input gives the same output, whether memory stays flat over 10,000 calls,
// and whether it gives what its author expects of golden events.
//
// Every input is made here or stands in a file, so that two runs over the same
// module judge the same. A call may fail, with a message of the module itself: an
// author who refuses what is not JSON does right. It must not trap, break a limit
// or misuse a function of the host.
package conformance
