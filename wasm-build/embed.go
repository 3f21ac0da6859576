// Package wasmbuild embeds the guests in C that this folder builds: rules and a
// transform that need neither a compiler nor a network to be run. Their sources
// are in c/, the way to build them is build.sh, and the guests in Go in go/ are
// too large to be embedded.
package wasmbuild

import "embed"

// FS holds the modules: dist/<provider>-rule.wasm, each of which has a claim, and
// dist/envelope.wasm, which has a transform.
//
//go:embed dist/*.wasm
var FS embed.FS
