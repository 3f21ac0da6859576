package dispatch_test

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// hooked is a store some of whose calls a test counts or breaks. A hook that
// returns an error is in place of the call.
type hooked struct {
	store.Store
	asked    atomic.Int64
	onAccept func(store.Acceptance) error
	onLease  func() error
	leased   func()
	onSettle func([]store.Settlement) error
	onExtend func(store.LeaseRef) error
	onExpand func() error
}

func (h *hooked) Accept(ctx context.Context, a store.Acceptance) (store.Receipt, error) {
	if h.onAccept != nil {
		if err := h.onAccept(a); err != nil {
			return store.Receipt{}, err
		}
	}
	return h.Store.Accept(ctx, a)
}

func (h *hooked) NextDue(ctx context.Context, except ...string) (time.Time, error) {
	h.asked.Add(1)
	return h.Store.NextDue(ctx, except...)
}

func (h *hooked) Lease(ctx context.Context, req store.LeaseRequest) ([]store.Lease, error) {
	h.asked.Add(1)
	if h.onLease != nil {
		if err := h.onLease(); err != nil {
			return nil, err
		}
	}
	leases, err := h.Store.Lease(ctx, req)
	if h.leased != nil && len(leases) > 0 {
		h.leased()
	}
	return leases, err
}

func (h *hooked) Settle(ctx context.Context, settlements []store.Settlement) ([]webhook.Health, error) {
	if h.onSettle != nil {
		if err := h.onSettle(settlements); err != nil {
			return nil, err
		}
	}
	return h.Store.Settle(ctx, settlements)
}

func (h *hooked) Extend(ctx context.Context, ref store.LeaseRef, until time.Time) error {
	if h.onExtend != nil {
		if err := h.onExtend(ref); err != nil {
			return err
		}
	}
	return h.Store.Extend(ctx, ref, until)
}

func (h *hooked) Expand(ctx context.Context, ref store.LeaseRef, outputs []webhook.Output, hash string) (webhook.Delivery, error) {
	if h.onExpand != nil {
		if err := h.onExpand(); err != nil {
			return webhook.Delivery{}, err
		}
	}
	return h.Store.Expand(ctx, ref, outputs, hash)
}
