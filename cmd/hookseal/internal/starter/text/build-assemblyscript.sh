#!/bin/sh
# Makes @NAME@.wasm. It needs node, and npm once to get the compiler. ASC names
# another.
set -eu
cd "$(dirname "$0")"
[ -n "${ASC:-}" ] || [ -d node_modules ] || npm ci
"${ASC:-./node_modules/.bin/asc}" src/index.ts --config asconfig.json -o @NAME@.wasm
