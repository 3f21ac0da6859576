#!/bin/sh
# build.sh compiles the guests.
#
#   wasm-build/build.sh c [DIR]    the C guests, into dist/ and testdata/guests/, or all into DIR
#   wasm-build/build.sh go DIR     the Go guests, into DIR
#
# The C guests are committed, and a test compares them with what this makes. The
# bytes depend on the compiler: dist/COMPILER names the one that made them.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
CLANG=${CLANG:-clang}

compile_c() { # FROM TO
	"$CLANG" --target=wasm32 -std=c11 -Wall -Wextra -Werror -Os -mbulk-memory -nostdlib \
		-I"$here/c" -Wl,--no-entry -Wl,--stack-first -Wl,-z,stack-size=16384 -Wl,--strip-all \
		-o "$2/$(basename "$1" .c).wasm" "$1"
	chmod 0644 "$2/$(basename "$1" .c).wasm"
}

case "${1:-}" in
c)
	dist=${2:-$here/dist}
	bad=${2:-$root/testdata/guests}
	for source in "$here"/c/*.c; do compile_c "$source" "$dist"; done
	for source in "$root"/testdata/guests/*.c; do compile_c "$source" "$bad"; done
	"$CLANG" --version | sed -n 1p >"$dist/COMPILER"
	;;
go)
	dir=$(cd "${2:?a folder to build into}" && pwd)
	cd "$root"
	for source in wasm-build/go/*/; do
		GOOS=wasip1 GOARCH=wasm go build -trimpath -buildvcs=false -buildmode=c-shared \
			-ldflags="-s -w" -o "$dir/$(basename "$source").wasm" "./$source"
	done
	;;
*)
	sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
	exit 2
	;;
esac
