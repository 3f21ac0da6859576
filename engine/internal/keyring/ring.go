package keyring

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

var (
	// ErrClosed reports a ring that was closed.
	ErrClosed = errors.New("key ring is closed")
	// ErrBusy reports keys that were never fetched and are not fetched now, since
	// requests have asked for too many such keys of late.
	ErrBusy = errors.New("too many keys that were never asked for before")
)

// The bounds of a ring.
const (
	// maxDocuments and maxBytes bound what is kept.
	maxDocuments = 256
	maxBytes     = 16 << 20
	// maxFetches bounds the fetches that run at one time.
	maxFetches = 32
	// fetchTimeout bounds a fetch with its token and its body.
	fetchTimeout = 5 * time.Second
	// patience is how long a request waits for newer keys where there are some
	// that may still be used.
	patience = time.Second
	// failureKept is how long a failed fetch is not repeated.
	failureKept = 10 * time.Second
	// lookInterval is the least time between two looks for an identifier that a
	// document does not hold.
	lookInterval = 30 * time.Second
	// grace is how long keys count beyond their end when no newer can be had.
	grace = 24 * time.Hour
)

// Config is what a ring is made of.
type Config struct {
	// Transport carries the requests, one RoundTrip each, so that no redirect is
	// followed. It verifies certificates and guards addresses. It stays the
	// caller's, who closes its idle connections after the ring.
	Transport http.RoundTripper
	// Log is told of keys that could not be refreshed; nil for nobody.
	Log *slog.Logger
	// UserAgent is sent with each request.
	UserAgent string
}

// Ring fetches and keeps public keys. It is safe for concurrent use.
type Ring struct {
	config Config
	// salt keeps the digests that stand for credentials from being compared with
	// others.
	salt [32]byte

	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup

	mu        sync.Mutex
	closed    bool
	fetches   int
	documents shelf
	budgets   map[string]*budget
}

// New returns a ring that holds no keys yet. It panics without a transport.
func New(config Config) *Ring {
	if config.Transport == nil {
		panic("keyring: no transport")
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	r := &Ring{config: config, documents: newShelf(), budgets: map[string]*budget{}}
	rand.Read(r.salt[:])
	r.ctx, r.cancel = context.WithCancel(context.Background())
	return r
}

// Close ends every fetch, and returns when their goroutines have. Later calls of
// [Ring.Keys] return [ErrClosed].
func (r *Ring) Close() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.cancel()
	r.work.Wait()
}

// Keys returns the keys that ref means, as PEM of the type PUBLIC KEY, each under
// its identifier or else the host that it came from. Those of a certificate end
// with it, and are left out before its first day. None and no error means that
// the provider was asked and has no such key: the request is to be rejected.
//
// An error means that the keys could not be had, so that nothing can be decided:
// [ErrBusy], [ErrClosed], that of ctx, or an opaque one for a provider that could
// not be reached or gave no key. It names credentials and hosts, and never holds a
// secret or what was answered.
func (r *Ring) Keys(ctx context.Context, ref webhook.KeyRef, credentials map[string]webhook.Secret) ([]webhook.Secret, error) {
	addr, err := r.addressOf(&ref, credentials)
	if err != nil {
		return nil, fmt.Errorf("keys of %s: %w", ref.Host, err)
	}
	d, running, err := r.begin(addr, ref, credentials)
	if err != nil {
		return nil, fmt.Errorf("keys of %s: %w", ref.Host, err)
	}
	if err := running.wait(ctx); err != nil {
		return nil, fmt.Errorf("keys of %s: %w", ref.Host, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	keys, err := d.answer(&ref, time.Now())
	if err != nil {
		return nil, fmt.Errorf("keys of %s: %w", ref.Host, err)
	}
	return keys, nil
}

// pending is a fetch that a caller waits for; the zero pending has ended.
type pending struct {
	done <-chan struct{}
	// impatient says that there are keys to go on with.
	impatient bool
}

// wait returns when the fetch has ended, or was given the time that it is worth.
// The error is that of ctx.
func (p pending) wait(ctx context.Context) error {
	if p.done == nil {
		return nil
	}
	var enough <-chan time.Time
	if p.impatient {
		enough = time.After(patience)
	}
	select {
	case <-p.done:
	case <-enough:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// begin finds the document, and starts a fetch or joins the one that runs, where
// one is needed.
func (r *Ring) begin(addr address, ref webhook.KeyRef, credentials map[string]webhook.Secret) (d *document, running pending, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, pending{}, ErrClosed
	}
	now := time.Now()
	d = r.documents.find(addr)
	served := d != nil && d.usable(now) && d.knows(&ref)
	switch {
	case d != nil && !d.wantsFetch(&ref, now):
		return d, pending{}, nil
	case d != nil && d.fetching != nil:
		return d, pending{d.fetching, served}, nil
	case r.fetches >= maxFetches && served:
		return d, pending{}, nil
	case r.fetches >= maxFetches,
		ref.Chosen && (d == nil || !d.holdsKeys()) && !r.spend(addr, ref.Group, now):
		return nil, pending{}, ErrBusy
	}
	if d == nil {
		d = r.documents.add(addr)
	}
	d.fetching = make(chan struct{})
	d.lookedAt = now
	r.fetches++
	r.work.Go(func() { r.refresh(d, ref, credentials) })
	return d, pending{d.fetching, served}, nil
}

// refresh fetches a document anew.
func (r *Ring) refresh(d *document, ref webhook.KeyRef, credentials map[string]webhook.Secret) {
	ctx, cancel := context.WithTimeout(r.ctx, fetchTimeout)
	defer cancel()
	got, err := r.fetch(ctx, &ref, credentials)
	now := time.Now()

	r.mu.Lock()
	defer r.mu.Unlock()
	r.fetches--
	close(d.fetching)
	d.fetching = nil
	if err != nil {
		d.failure, d.retryAt = err, now.Add(failureKept)
		r.config.Log.Warn("public keys could not be fetched", "host", ref.Host, "error", err, "kept", d.usable(now))
		return
	}
	d.failure, d.retryAt = nil, time.Time{}
	d.replace(got, now)
	r.documents.fit(d)
}
