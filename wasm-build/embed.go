// Package wasmbuild embeds the guests in C that this folder builds: rules and a
// transform that need neither a compiler nor a network to be run. Their sources
// are in c/, the way to build them is build.sh, and the guests in Go in go/ are
// too large to be embedded. It embeds the sources of the SDKs as well, for those
// who begin a module.
package wasmbuild

import "embed"

// FS holds the modules: dist/<provider>-rule.wasm, each of which has a claim, and
// dist/envelope.wasm, which has a transform.
//
//go:embed dist/*.wasm
var FS embed.FS

// SDK holds what a new module begins with: the SDKs in C, Rust and AssemblyScript
// below sdk/, and the examples in Go below go/.
//
//go:embed sdk/c/hookseal.h sdk/c/examples/*.c
//go:embed sdk/rust/Cargo.toml sdk/rust/.cargo/config.toml sdk/rust/README.md sdk/rust/src/*.rs sdk/rust/examples/*.rs
//go:embed sdk/assemblyscript/package.json sdk/assemblyscript/package-lock.json sdk/assemblyscript/asconfig.json
//go:embed sdk/assemblyscript/assembly/*.ts sdk/assemblyscript/examples/*.ts
//go:embed go/*/main.go
var SDK embed.FS
