// Package hostabi names what a WebAssembly module and hookseal call each other
// by: the import module, the exports, the functions, the numbers of fields,
// encodings and units, and the negative results. SPEC.md beside this file is
// the contract in words; package host serves it and package guest is written
// against it, both from these names.
//
// It imports the standard library alone and builds for wasip1, so that either
// side of the boundary can use it.
package hostabi
