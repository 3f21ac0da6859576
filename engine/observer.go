package engine

import (
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// Observer is told what happens, in time to count it. Its methods are called by
// several goroutines at a time and should return at once.
type Observer interface {
	// Received: a request was judged, and answered or passed on.
	Received(r Reception)
	// Attempted: an attempt reached the network.
	Attempted(endpoint string, a webhook.Attempt)
	// Finished: a delivery came to a final state.
	Finished(d webhook.Delivery)
	// TransformFailed: a guest went wrong.
	TransformFailed(subscription string, err error)
	// EndpointDisabled: an endpoint's failures disabled it.
	EndpointDisabled(h webhook.Health)
	// GuestCalled: a rule or a transform has returned.
	GuestCalled(c GuestCall)
	// StoreCalled: the store has returned from a call that carries events.
	StoreCalled(c StoreCall)
}

// Reception is a request that a source received.
type Reception struct {
	// Source is empty for a name that is not configured.
	Source string
	// Answer is accepted, duplicate, shadow (passed on unverified), refused,
	// challenge, unavailable, limited (the source is called too often) or stopped
	// (the intake has). What middleware passed on counts as accepted,
	// whatever the application answers.
	Answer string
	// Reason is why it was refused, or would have been.
	Reason Reason
	// Secret is the label of the secret that matched.
	Secret string
	// Took is the time from the header of the request to its answer, or until
	// it was passed on.
	Took time.Duration
}

// GuestCall is a call of a guest that has ended.
type GuestCall struct {
	// Guest is its name.
	Guest string
	// Hook is what was called.
	Hook webhook.Hook
	// Took is the time of the call.
	Took time.Duration
	// Err is what went wrong, nil if nothing did.
	Err error
}

// StoreCall is a call of the store that has ended.
type StoreCall struct {
	// Operation is accept, lookup, next_due, lease, extend, expand, settle or
	// prune.
	Operation string
	// Took is the time of the call, with all that it waited for.
	Took time.Duration
	// Err is that of the store, nil if there was none. A lease that was lost is
	// no error of the store.
	Err error
}

// nobody observes nothing.
type nobody struct{}

func (nobody) Received(Reception)                {}
func (nobody) Attempted(string, webhook.Attempt) {}
func (nobody) Finished(webhook.Delivery)         {}
func (nobody) TransformFailed(string, error)     {}
func (nobody) EndpointDisabled(webhook.Health)   {}
func (nobody) GuestCalled(GuestCall)             {}
func (nobody) StoreCalled(StoreCall)             {}
