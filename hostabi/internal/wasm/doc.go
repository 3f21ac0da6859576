// Package wasm reads the binary format of WebAssembly modules, as
// https://www.w3.org/TR/wasm-core-2/#binary-format describes it: the second
// version of the specification, without threads, tail calls and exceptions.
//
// A [Reader] takes any bytes: it never panics, and allocates nothing that the
// bytes do not hold. It tells where things begin and end and which of them they
// are; whether a module is valid is left to the compiler.
package wasm
