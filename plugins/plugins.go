// Package plugins embeds the provider packs that ship with hookseal: a folder
// for each provider, and in bases the schemes that several providers share.
// Package catalog reads them.
package plugins

import "embed"

// FS holds what a program needs to verify and to sign: <provider>/provider.toml,
// with rule.js beside it where data is not enough, and bases/<name>.toml.
//
//go:embed */provider.toml */rule.js bases/*.toml
var FS embed.FS

// Vectors holds the proofs of the packs, <provider>/vectors.json. They stand
// apart so that a program which never runs them does not carry them.
//
//go:embed */vectors.json
var Vectors embed.FS

// Events holds sample events of providers, <provider>/events/<name>.json, for test
// events. They stand apart for the same reason.
//
//go:embed */events/*.json
var Events embed.FS
