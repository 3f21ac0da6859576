// Package engine is hookseal as a library: it verifies webhooks, stores them as
// events, and delivers them signed and retried.
//
// [Open] makes an [Engine] of a [Config]. Without a store it verifies only:
// [Engine.Middleware] puts it before a handler, [Engine.AuthHandler] behind a
// proxy that asks, [Engine.Verify] judges what [FromHTTP] has read. With a store,
// [Engine.Handler] receives and commits, [Engine.Publish] takes events of the
// application, and [Engine.Run] delivers. [Engine.Reload] changes the
// configuration of an engine that works.
//
// For one verification without an engine see package
// [github.com/hookseal/hookseal/engine/catalog]; for an engine from a
// configuration file see package configfile; for the tests of a connector see
// package enginetest.
//
// The package links no JavaScript or WebAssembly runtime and no database: the
// caller hands in the guest loaders and the store that it wants to pay for.
//
// What is acknowledged is stored. What is stored is attempted until it is
// delivered or exhausted. A rejected webhook is neither stored nor delivered, but
// by a source in shadow mode, and then it is marked.
package engine
