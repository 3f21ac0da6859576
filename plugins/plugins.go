// Package plugins embeds the provider packs that ship with hookseal: a folder
// for each provider, and in bases the schemes that several providers share.
// Package catalog reads them.
package plugins

import "embed"

// FS holds every pack: <provider>/provider.toml, <provider>/vectors, and
// bases/<name>.toml.
//
//go:embed */provider.toml */vectors/*.json bases/*.toml
var FS embed.FS
