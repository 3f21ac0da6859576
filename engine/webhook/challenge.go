package webhook

import (
	"context"
	"errors"
	"net/http"
)

// Challenge is an answer that a provider expects instead of the acceptance of
// an event.
type Challenge struct {
	// Status is that of the answer, from 200 to 299.
	Status int
	// ContentType is the media type of Body, empty where there is none.
	ContentType string
	Body        []byte
	// Header holds further header fields of the answer.
	Header http.Header
	// Unsigned says that the provider sends this challenge without a signature.
	Unsigned bool
	// Keep is a secret that the provider hands out; its zero value is none. The
	// answer is given only once it is stored, by a [SecretKeeper].
	Keep Secret
	// Confirm is a URL that the provider wants visited before it sends events,
	// of a host that its pack allows; empty for none.
	Confirm string
}

// ErrNotKept reports a secret that a [SecretKeeper] does not take, because it has
// one already or keeps none for the hint.
var ErrNotKept = errors.New("the secret is not kept")

// SecretKeeper is a [SecretSource] that stores the secret which a provider hands
// out when a webhook is registered. Until then it has none, and whoever calls the
// source first chooses it: it is for a source whose URL nobody else knows, or one
// that demands credentials besides.
type SecretKeeper interface {
	SecretSource
	// Keep stores the secret for the hint, durably, before it returns. A secret
	// that is there is never replaced: Keep then returns [ErrNotKept], also if two
	// requests come at once. Any other error is answered 503.
	Keep(ctx context.Context, hint Hint, secret Secret) error
}

// Confirmer visits the URL by which a provider has a subscription confirmed.
// Implementations are safe for concurrent use.
type Confirmer interface {
	// Confirm sends a GET request and returns an error unless the answer is 2xx.
	Confirm(ctx context.Context, url string) error
}
