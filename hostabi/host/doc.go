// Package host runs WebAssembly modules as guests, each call bounded in time,
// memory and output. It is the one home of wazero.
//
// [Loader] is the way in. The contract with a module is SPEC.md in the folder
// above; the names of both sides are in package hostabi.
//
// # Isolation
//
// A module sees what [Loader.Load] grants it and nothing else: no secret, no
// file, no environment, no network, no clock but the event's own time. Every
// call begins in the state in which the module was when it had just started:
// its memory and its mutable globals are put back after each call, and an
// instance that trapped, ran out of time, failed, broke a limit or grew its
// memory is thrown away. Where a module could keep state that cannot be put
// back (it changes a table, drops a segment, or has a global that holds a
// reference), every call gets a fresh instance.
//
// # Extism
//
// A plug-in that is built with a kit of Extism is known by what it imports, and is
// served that ABI for a transform, within the same limits: the body is its input,
// what it sets as output is sent on. docs/extism.md is for its author.
//
// # Limits
//
// A module is rewritten when it is loaded, by package metering: it counts its work
// and the depth of its calls, and asks the host now and then whether it may go on.
// There the host looks at the clock and at the caller's context, and the runtime of
// Go may stop the goroutine for its garbage collector. What the host does for a
// module is charged to the same account. Compiling a module is bounded by the
// module's size and not in time.
package host
