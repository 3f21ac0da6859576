#!/bin/sh
# Makes @NAME@.wasm. It needs cargo and the library for wasm32-unknown-unknown:
#   rustup target add wasm32-unknown-unknown, or
#   apt-get install cargo rustc libstd-rust-dev-wasm32
# CARGO and RUSTC name others than those on the path.
set -eu
cd "$(dirname "$0")"
"${CARGO:-cargo}" build --quiet --release --offline
cp target/wasm32-unknown-unknown/release/module.wasm @NAME@.wasm
chmod 0644 @NAME@.wasm
