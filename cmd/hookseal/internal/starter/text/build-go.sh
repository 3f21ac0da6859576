#!/bin/sh
# Makes @NAME@.wasm. It needs Go alone.
set -eu
cd "$(dirname "$0")"
GOOS=wasip1 GOARCH=wasm go build -trimpath -buildvcs=false -buildmode=c-shared \
	-ldflags="-s -w" -o @NAME@.wasm .
