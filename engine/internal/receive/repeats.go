package receive

import (
	"context"
	"crypto/sha256"
	"sync"

	"github.com/hookseal/hookseal/engine/store"
)

// Repeats lets one request through for each identity at a time, and remembers
// those that succeeded: the latest 16,384 of them. The zero value remembers
// nothing yet. It is safe for concurrent use.
type Repeats struct {
	mu        sync.Mutex
	running   map[string]chan struct{}
	succeeded map[string]success
	// order holds the keys of succeeded, the oldest at next once it is full.
	order []string
	next  int
}

const repeatsKept = 16 << 10

// success is what is remembered of a request that succeeded.
type success struct {
	event  string
	digest [sha256.Size]byte
}

func successOf(r store.Receipt) success {
	return success{event: r.EventID, digest: r.BodyDigest}
}

// begin waits until no request of that key is under way. It returns the earlier
// request that succeeded, or false and leaves the key to the caller, who calls
// end. The error is that of the context, and leaves nothing to end.
func (r *Repeats) begin(ctx context.Context, key string) (success, bool, error) {
	for {
		r.mu.Lock()
		if earlier, ok := r.succeeded[key]; ok {
			r.mu.Unlock()
			return earlier, true, nil
		}
		ended, busy := r.running[key]
		if !busy {
			if r.running == nil {
				r.running = map[string]chan struct{}{}
			}
			r.running[key] = make(chan struct{})
			r.mu.Unlock()
			return success{}, false, nil
		}
		r.mu.Unlock()
		select {
		case <-ended:
		case <-ctx.Done():
			return success{}, false, context.Cause(ctx)
		}
	}
}

// end gives a key back, and remembers it if its request succeeded.
func (r *Repeats) end(key string, s success, succeeded bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.running[key])
	delete(r.running, key)
	if succeeded {
		r.remember(key, s)
	}
}

func (r *Repeats) remember(key string, s success) {
	if r.succeeded == nil {
		r.succeeded = map[string]success{}
	}
	r.succeeded[key] = s
	if len(r.order) < repeatsKept {
		r.order = append(r.order, key)
		return
	}
	delete(r.succeeded, r.order[r.next])
	r.order[r.next] = key
	r.next = (r.next + 1) % repeatsKept
}
