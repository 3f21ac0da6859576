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
// # What is not bounded yet
//
// The stack of a module that recurses without end is bounded by the runtime
// alone, which lets it take some 160 MiB for a moment before it traps. Compiling
// a module is bounded by the module's size and not in time.
package host
