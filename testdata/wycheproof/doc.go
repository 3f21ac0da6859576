// Package wycheproof runs the test vectors of Project Wycheproof through hookseal:
// signatures that attack the ways in which verifiers are known to go wrong.
//
//	go test ./testdata/wycheproof
//
// The vectors are not kept here: the crate wycheproof carries them, and cargo
// fetches it as Cargo.lock pins it. Without cargo, or without a registry that it
// reaches, the tests are skipped, and fail where HOOKSEAL_CI is set.
//
// A vector is valid, invalid or acceptable. Valid ones must verify, invalid ones
// must not. The acceptable ones among these are RSA signatures whose encoded hash
// lacks a NULL that RFC 8017 demands; hookseal refuses them all.
//
// One kind of invalid vector verifies: a PSS signature whose salt has another length
// than that of the file, which hookseal leaves open. A vector that is valid with a
// truncated HMAC does not.
package wycheproof
