package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// ErrInjected is the error of the calls that a [Faulty] fails.
var ErrInjected = errors.New("injected fault")

// Fault says which calls of a store fail, and how.
type Fault struct {
	// Call is the number of the first call that fails, from 1; zero fails none.
	Call int
	// Made says that the change of that call is made all the same: a caller who
	// gets an error does not know.
	Made bool
	// Lasting fails every later call too, before it is made.
	Lasting bool
}

// String names the fault in messages.
func (f Fault) String() string {
	return fmt.Sprintf("call %d, made %t, lasting %t", f.Call, f.Made, f.Lasting)
}

// Faulty is a store whose calls fail as a Fault says, with [ErrInjected]. Close
// never fails. It is no [store.Waker], whatever it stands before, and is safe for
// concurrent use.
//
// To try a program against every fault, run it with Call 1, 2, 3 and so on, until
// it makes fewer calls than that.
type Faulty struct {
	store.Store
	fault Fault

	mu    sync.Mutex
	calls int
	hit   string
}

// NewFaulty returns a store that passes calls on to s until the fault.
func NewFaulty(s store.Store, fault Fault) *Faulty { return &Faulty{Store: s, fault: fault} }

// Calls returns how many calls were made.
func (f *Faulty) Calls() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls
}

// Hit returns the name of the first method that failed, empty if none has.
func (f *Faulty) Hit() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.hit
}

// next counts a call, and says whether it is made and whether it fails.
func (f *Faulty) next(method string) (made, fails bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls++
	switch {
	case f.fault.Call == 0 || f.calls < f.fault.Call:
		return true, false
	case f.calls == f.fault.Call:
		f.hit = method
		return f.fault.Made, true
	default:
		return !f.fault.Lasting, f.fault.Lasting
	}
}

func try[T any](f *Faulty, method string, call func() (T, error)) (result T, err error) {
	made, fails := f.next(method)
	if made {
		result, err = call()
	}
	if fails {
		var none T
		return none, fmt.Errorf("%s: %w", method, ErrInjected)
	}
	return result, err
}

func tryAll(f *Faulty, method string, call func() error) error {
	_, err := try(f, method, func() (struct{}, error) { return struct{}{}, call() })
	return err
}

// Accept is that of [store.Store], unless it fails.
func (f *Faulty) Accept(ctx context.Context, a store.Acceptance) (store.Receipt, error) {
	return try(f, "Accept", func() (store.Receipt, error) { return f.Store.Accept(ctx, a) })
}

// Lookup is that of [store.Store], unless it fails.
func (f *Faulty) Lookup(ctx context.Context, source, dedupKey string) (receipt store.Receipt, found bool, err error) {
	receipt, err = try(f, "Lookup", func() (r store.Receipt, err error) {
		r, found, err = f.Store.Lookup(ctx, source, dedupKey)
		return r, err
	})
	return receipt, found && err == nil, err
}

// Lease is that of [store.Store], unless it fails.
func (f *Faulty) Lease(ctx context.Context, req store.LeaseRequest) ([]store.Lease, error) {
	return try(f, "Lease", func() ([]store.Lease, error) { return f.Store.Lease(ctx, req) })
}

// Extend is that of [store.Store], unless it fails.
func (f *Faulty) Extend(ctx context.Context, ref store.LeaseRef, until time.Time) error {
	return tryAll(f, "Extend", func() error { return f.Store.Extend(ctx, ref, until) })
}

// Expand is that of [store.Store], unless it fails.
func (f *Faulty) Expand(ctx context.Context, ref store.LeaseRef, outputs []webhook.Output, hash string) (webhook.Delivery, error) {
	return try(f, "Expand", func() (webhook.Delivery, error) { return f.Store.Expand(ctx, ref, outputs, hash) })
}

// Settle is that of [store.Store], unless it fails.
func (f *Faulty) Settle(ctx context.Context, settlements []store.Settlement) ([]webhook.Health, error) {
	return try(f, "Settle", func() ([]webhook.Health, error) { return f.Store.Settle(ctx, settlements) })
}

// NextDue is that of [store.Store], unless it fails.
func (f *Faulty) NextDue(ctx context.Context, except ...string) (time.Time, error) {
	return try(f, "NextDue", func() (time.Time, error) { return f.Store.NextDue(ctx, except...) })
}

// Redeliver is that of [store.Store], unless it fails.
func (f *Faulty) Redeliver(ctx context.Context, id string, now time.Time) error {
	return tryAll(f, "Redeliver", func() error { return f.Store.Redeliver(ctx, id, now) })
}

// Forget is that of [store.Store], unless it fails.
func (f *Faulty) Forget(ctx context.Context, change int64) error {
	return tryAll(f, "Forget", func() error { return f.Store.Forget(ctx, change) })
}

// SetDisabled is that of [store.Store], unless it fails.
func (f *Faulty) SetDisabled(ctx context.Context, endpoint string, disabled bool, why string, now time.Time) (webhook.Health, error) {
	return try(f, "SetDisabled", func() (webhook.Health, error) {
		return f.Store.SetDisabled(ctx, endpoint, disabled, why, now)
	})
}
