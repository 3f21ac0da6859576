package sqlite

import (
	"errors"
	"sync/atomic"

	"github.com/hookseal/hookseal/engine/store"
)

// request is a call that waits for the writer.
//
// Its change may run more than once, since a transaction that fails is undone
// and its requests are tried again one by one. A change that returns an error
// of the Store contract must not have written anything.
type request struct {
	change func(*tx) error
	// accept is set instead of change for an acceptance: the writer stores all
	// that it has gathered with few statements.
	accept *acceptance
	// expand is set instead for an expansion, likewise.
	expand *expansion
	// after, if it is set, runs on the writer's connection once the change is
	// committed.
	after func(*conn) error

	// taken is set once, by the writer when it begins or by a caller who gives
	// up before that. After it the caller waits, so that what it handed in is
	// not read once its call has returned.
	taken atomic.Bool
	err   error
	done  chan struct{}
}

// size is how many bytes of bodies the request brings.
func (r *request) size() (n int) {
	if r.accept != nil {
		n = len(r.accept.Event.Body)
	}
	if r.expand != nil {
		for i := range r.expand.outputs {
			n += len(r.expand.outputs[i].Body)
		}
	}
	return n
}

// refused reports whether an error is an answer of the contract, which leaves
// the transaction as it was.
func refused(err error) bool {
	for _, answer := range []error{store.ErrNotFound, store.ErrLeaseLost, store.ErrNotFinal, store.ErrErased} {
		if errors.Is(err, answer) {
			return true
		}
	}
	return false
}
