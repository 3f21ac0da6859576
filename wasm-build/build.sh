#!/bin/sh
# build.sh compiles the guests.
#
#   wasm-build/build.sh c [DIR]                the guests in C, and the examples of its SDK
#   wasm-build/build.sh rust [DIR]             the examples of the Rust SDK
#   wasm-build/build.sh assemblyscript [DIR]   the examples of the AssemblyScript SDK
#   wasm-build/build.sh go [DIR]               the guests in Go, which are the examples of its SDK
#   wasm-build/build.sh extism [DIR]           the Extism plug-in that the tests load
#   wasm-build/build.sh all [DIR]              all of them
#
# Without DIR the guests in C go where they are committed, into dist/ and
# testdata/guests/, the examples into testdata/guests/sdk/, and the guests in Go,
# which are too large to be committed, into out/. A test compares what is
# committed with what this makes. The bytes depend on the compilers: dist/COMPILER
# and testdata/guests/sdk/TOOLCHAINS name those that made them.
#
# Debian's packages clang, lld, rustc, cargo and libstd-rust-dev-wasm32 have the
# compilers; npm ci in sdk/assemblyscript gets the one of AssemblyScript. CLANG,
# CARGO, RUSTC and ASC name others.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
CLANG=${CLANG:-clang}
CARGO=${CARGO:-/usr/bin/cargo}
RUSTC=${RUSTC:-/usr/bin/rustc}
ASC=${ASC:-$here/sdk/assemblyscript/node_modules/.bin/asc}

compile_c() { # FROM TO [PREFIX]
	to=$2/${3:-}$(basename "$1" .c).wasm
	"$CLANG" --target=wasm32 -std=c11 -Wall -Wextra -Werror -Os -mbulk-memory -nostdlib \
		-I"$here/sdk/c" -Wl,--no-entry -Wl,--stack-first -Wl,-z,stack-size=16384 -Wl,--strip-all \
		-o "$to" "$1"
	chmod 0644 "$to"
}

build_c() { # [DIR]
	dist=${1:-$here/dist}
	bad=${1:-$root/testdata/guests}
	sdk=${1:-$root/testdata/guests/sdk}
	for source in "$here"/c/*.c; do compile_c "$source" "$dist"; done
	for source in "$root"/testdata/guests/*.c; do compile_c "$source" "$bad"; done
	for source in "$here"/sdk/c/examples/*.c; do compile_c "$source" "$sdk" c-; done
	"$CLANG" --version | sed -n 1p >"$dist/COMPILER"
	made_by "$sdk" c "$("$CLANG" --version | sed -n 1p)"
}

# cargo names files with underscores, and keeps what it made of earlier sources.
build_rust() { # [DIR]
	sdk=${1:-$root/testdata/guests/sdk}
	target=$(mktemp -d)
	(cd "$here/sdk/rust" && RUSTC=$RUSTC CARGO_TARGET_DIR=$target "$CARGO" build --quiet --release --examples --locked --offline)
	for source in "$here"/sdk/rust/examples/*.rs; do
		name=$(basename "$source" .rs)
		install -m 0644 "$target/wasm32-unknown-unknown/release/examples/$(echo "$name" | tr - _).wasm" "$sdk/rust-$name.wasm"
	done
	rm -r "$target"
	made_by "$sdk" rust "$("$RUSTC" --version)"
}

build_assemblyscript() { # [DIR]
	sdk=${1:-$root/testdata/guests/sdk}
	for source in "$here"/sdk/assemblyscript/examples/*.ts; do
		name=$(basename "$source" .ts)
		(cd "$here/sdk/assemblyscript" && "$ASC" "examples/$name.ts" --config asconfig.json -o "$sdk/assemblyscript-$name.wasm")
	done
	made_by "$sdk" assemblyscript "$("$ASC" --version)"
}

build_go() { # [DIR]
	out=${1:-$here/out}
	mkdir -p "$out"
	for source in "$here"/go/*/; do
		name=$(basename "$source")
		(cd "$root" && GOOS=wasip1 GOARCH=wasm go build -trimpath -buildvcs=false -buildmode=c-shared \
			-ldflags="-s -w" -o "$out/go-$name.wasm" "./wasm-build/go/$name")
	done
}

# build_extism needs npm ci in testdata/guests/extism/assemblyscript.
build_extism() { # [DIR]
	to=${1:-$root/testdata/guests/extism}
	(cd "$root/testdata/guests/extism/assemblyscript" && ./node_modules/.bin/asc label.ts --config asconfig.json -o "$to/label.wasm")
}

# made_by records the compiler of a language's examples, and their sums.
made_by() { # DIR LANGUAGE VERSION
	touch "$1/TOOLCHAINS"
	{ grep -v "^$2: " "$1/TOOLCHAINS" || true; echo "$2: $3"; } | LC_ALL=C sort >"$1/TOOLCHAINS.new"
	mv "$1/TOOLCHAINS.new" "$1/TOOLCHAINS"
	(cd "$1" && sha256sum c-*.wasm rust-*.wasm assemblyscript-*.wasm 2>/dev/null | LC_ALL=C sort -k 2 >SHA256SUMS)
}

[ -z "${2:-}" ] || set -- "$1" "$(cd "$2" && pwd)"
case "${1:-}" in
c | rust | assemblyscript | go | extism) "build_$1" "${2:-}" ;;
all) for language in c rust assemblyscript go extism; do "build_$language" "${2:-}"; done ;;
*)
	sed -n '2,21s/^# \{0,1\}//p' "$0" >&2
	exit 2
	;;
esac
