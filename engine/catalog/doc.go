// Package catalog reads provider packs: those that ship with hookseal, and those
// in a folder of the user's own.
//
// A pack is a folder with a provider.toml, vectors that prove it, and a rule
// (rule.js, rule.wasm) where data is not enough. [Load] gives the scheme of a
// provider for one verification without an engine; [Catalog.Open] gives the
// whole [Pack].
//
// Packs and catalogs do not change once they are read and are safe for
// concurrent use.
package catalog
