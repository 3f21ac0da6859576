#!/bin/sh
# Makes @NAME@.wasm. It needs clang and lld: apt-get install clang lld
set -eu
cd "$(dirname "$0")"
"${CLANG:-clang}" --target=wasm32 -std=c11 -Wall -Wextra -Os -mbulk-memory -nostdlib \
	-Wl,--no-entry -Wl,--stack-first -Wl,-z,stack-size=16384 -Wl,--strip-all \
	-o @NAME@.wasm @NAME@.c
chmod 0644 @NAME@.wasm
