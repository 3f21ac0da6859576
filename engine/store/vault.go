package store

import "context"

// Vault is a [Store] that keeps secrets which its caller has sealed: it knows
// nothing of their keys. As with the Store every method is safe for concurrent
// use, and a change is durable and seen by all nodes when it returns.
type Vault interface {
	// Sealed returns every sealed secret, ordered by name.
	Sealed(ctx context.Context) ([]Sealed, error)

	// KeepSealed stores a secret unless there is one of its name, and reports
	// whether it did.
	KeepSealed(ctx context.Context, s Sealed) (bool, error)

	// ReplaceSealed stores next instead of old, which is of the same name, and
	// reports whether old was still there as it is given.
	ReplaceSealed(ctx context.Context, old, next Sealed) (bool, error)
}

// Sealed is an encrypted secret.
type Sealed struct {
	// Name is what the secret is kept under.
	Name string
	// Key names the key that it is sealed with.
	Key string
	// Data is what the key opens.
	Data []byte
}
