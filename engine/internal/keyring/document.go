package keyring

import (
	"slices"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// key is one public key of a document.
type key struct {
	id     string
	secret webhook.Secret
	// notBefore is the first moment at which the key counts, zero for any.
	notBefore time.Time
}

// answer is what a URL gave.
type answer struct {
	keys []key
	ttl  time.Duration
}

// document is what one URL gave, or what became of asking. The ring's lock guards
// it.
type document struct {
	keys []key
	size int
	// loaded says that the URL has answered; a document without keys may be what
	// it said.
	loaded  bool
	expires time.Time
	// failure is that of the last fetch, nil if it went well. There is no other
	// before retryAt.
	failure error
	retryAt time.Time
	// lookedAt is when the last fetch began.
	lookedAt time.Time
	// fetching is closed when the fetch that runs has ended, nil without one.
	fetching chan struct{}
}

func (d *document) holdsKeys() bool { return len(d.keys) > 0 }

// usable reports keys that count at now, if need be beyond their end.
func (d *document) usable(now time.Time) bool {
	return d.loaded && now.Before(d.expires.Add(grace))
}

// wantsFetch reports whether the document must be asked for again before it can
// answer.
func (d *document) wantsFetch(ref *webhook.KeyRef, now time.Time) bool {
	if now.Before(d.retryAt) {
		return false
	}
	if !d.loaded || !now.Before(d.expires) {
		return true
	}
	return ref.ID != "" && !ref.ByID && !d.knows(ref) && now.Sub(d.lookedAt) >= lookInterval
}

// answer returns the keys that ref means, from what is kept.
func (d *document) answer(ref *webhook.KeyRef, now time.Time) ([]webhook.Secret, error) {
	switch {
	case !d.usable(now) && d.failure != nil:
		return nil, d.failure
	case !d.usable(now):
		return nil, ErrClosed
	case d.failure != nil && !d.knows(ref):
		// The key may be a new one, of which a provider that does not answer has
		// told nothing.
		return nil, d.failure
	}
	var out []webhook.Secret
	for i := range d.keys {
		if k := &d.keys[i]; k.means(ref) && !now.Before(k.notBefore) && k.secret.Counts(now) {
			out = append(out, k.secret)
		}
	}
	return out, nil
}

// knows reports whether the document holds a key that ref means.
func (d *document) knows(ref *webhook.KeyRef) bool {
	return slices.ContainsFunc(d.keys, func(k key) bool { return k.means(ref) })
}

// means reports whether ref may mean the key. A key without an identifier is the
// one that was asked for by its identifier.
func (k *key) means(ref *webhook.KeyRef) bool {
	return ref.ID == "" || k.id == ref.ID || k.id == "" && ref.ByID
}

func (d *document) replace(got answer, now time.Time) {
	d.keys, d.loaded, d.expires, d.size = got.keys, true, now.Add(got.ttl), 0
	for _, k := range got.keys {
		d.size += len(k.id) + len(k.secret.Label) + len(k.secret.Reveal())
	}
}
