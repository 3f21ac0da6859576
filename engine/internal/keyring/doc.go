// Package keyring fetches the public keys that schemes refer to, and keeps them.
//
// A [Ring] asks a URL once for many requests, keeps what it answers for as long as
// the answer says, and goes on with what it has when a provider cannot be reached.
// What a request can make it fetch is bounded: by the allow-list that the scheme
// has already applied, by a budget for what was never asked before, and by one
// look a while for an identifier that a document does not hold.
//
// Nothing here decides whether an address may be dialled: that is the transport's,
// which is the guard's wherever hookseal runs.
package keyring
