// Package store is the contract between the engine and the place where events
// and deliveries are kept. Package storetest proves an implementation.
package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

var (
	// ErrNotFound reports that nothing is kept under the identifier.
	ErrNotFound = errors.New("not found")
	// ErrLeaseLost reports that a lease ended or was taken over, so that its
	// holder may no longer settle it.
	ErrLeaseLost = errors.New("lease lost")
	// ErrClosed reports a call after Close.
	ErrClosed = errors.New("store is closed")
	// ErrNotFinal reports that a delivery cannot be redelivered since it is
	// still open.
	ErrNotFinal = errors.New("delivery is still open")
	// ErrErased reports that there is nothing left to deliver: what the event
	// said was removed.
	ErrErased = errors.New("the event's content was removed")
)

// Store keeps events, deliveries, attempts and the health of endpoints.
//
// Every method is safe for concurrent use. A method that changes something is
// atomic, and has made the change durable (it survives a power cut) before it
// returns nil. After an error the change may or may not have been made, never
// a part of it. Bodies and header values are bytes: an implementation keeps
// NUL, invalid UTF-8 and everything else as it is. Times are kept to the
// microsecond at least, in UTC. After Close every method but Close returns
// [ErrClosed].
type Store interface {
	// Accept commits an event with its deliveries and its dedup key.
	//
	// If the key is already kept, nothing is stored: the receipt is a
	// duplicate and names the event that was stored. A delivery to a disabled
	// endpoint is stored held. The deliveries' EventID is the event's.
	//
	// A delivery that is Running is asked for by the caller: it may be committed
	// under a lease, which the receipt hands out, from its Due for a.LeaseFor. That
	// is left undone, and the delivery stored pending, where something else to its
	// endpoint is known to have been due for longer than [Overtakes], where it has an
	// OrderKey, and wherever an implementation cannot tell. Such a lease may share
	// bodies and header fields with a, which the caller must not change any more.
	Accept(ctx context.Context, a Acceptance) (Receipt, error)

	// Lookup returns the receipt that Accept would give a repeat of the key in
	// that source, a duplicate, and stores nothing. It is false for a key that
	// is not kept. A key counts from when the Accept that stores it returns, or
	// earlier, until it is pruned.
	Lookup(ctx context.Context, source, dedupKey string) (Receipt, bool, error)

	// Lease hands out pending deliveries that are due, oldest due first within
	// an endpoint, and marks them running until now plus req.For. A running
	// delivery whose lease has ended counts as due. No endpoint is handed more
	// than its capacity, and an endpoint with a long backlog does not keep
	// others from their share. A delivery whose lease has ended while its
	// endpoint was disabled is held instead. One whose event or output is found to
	// be other than what was stored is not handed out, and is Failed with an error
	// that says so. Of the open deliveries to an endpoint with one OrderKey at most
	// one is handed out at a time, that of the smallest ID; one that is redelivered
	// waits until the one that has its turn is final.
	Lease(ctx context.Context, req LeaseRequest) ([]Lease, error)

	// Extend moves the end of a lease. It returns [ErrLeaseLost] if it is no
	// longer held. A lease that has run out is still its holder's until the
	// delivery is handed to another.
	Extend(ctx context.Context, ref LeaseRef, until time.Time) error

	// Expand commits what the transform of a leased delivery made, before the
	// first attempt. With no output the delivery is Dropped and the lease ends.
	// With one, the delivery carries it, and its MessageID stays. With n it
	// carries the first, its MessageID gets the suffix "_1", and n-1 further
	// pending deliveries, due at once, carry the others under "_2" to "_n". It
	// returns [ErrLeaseLost] if the lease is no longer held; nothing has then
	// changed.
	Expand(ctx context.Context, ref LeaseRef, outputs []webhook.Output, hash string) (webhook.Delivery, error)

	// Settle ends leases. Settlements whose lease was lost are skipped. The
	// health of each endpoint is updated in the same transaction; an endpoint
	// that is thereby disabled has its pending deliveries held, as by
	// SetDisabled, and so are those that are settled as pending to an endpoint
	// that is disabled. It returns the health of every endpoint whose Disabled
	// changed.
	Settle(ctx context.Context, settlements []Settlement) ([]webhook.Health, error)

	// NextDue returns the earliest moment at which something becomes due: a
	// pending delivery, or a running one whose lease ends. It is zero when
	// there is nothing open.
	// Endpoints in except are not counted: those that have no capacity left do
	// not hide what is due elsewhere.
	NextDue(ctx context.Context, except ...string) (time.Time, error)

	// Changes returns the changes of Disabled that nobody has forgotten yet, at
	// most limit, in the order of their numbers. Each was committed together with
	// the change.
	Changes(ctx context.Context, limit int) ([]Change, error)
	// Forget removes a change that has been told of. One that is not kept is no
	// error.
	Forget(ctx context.Context, change int64) error

	// Redeliver makes a final delivery pending, due at now, with a fresh
	// allowance of attempts. Its output, if any, and its message ID stay. It
	// returns [ErrNotFound], [ErrNotFinal], or [ErrErased] for a delivery of an
	// event whose content is gone. The delivery is held if its endpoint is
	// disabled.
	Redeliver(ctx context.Context, id string, now time.Time) error

	// SetDisabled disables or enables an endpoint, as [webhook.Health.Disable] and
	// Enable say. Disabling holds its pending deliveries; enabling sets its failures
	// to zero and makes the held ones pending, due at now, in the order of their IDs.
	// Of many deliveries only the first may have followed when it returns. The others
	// follow soon, also after the process has ended, and are seen as they were until
	// then; but none is handed out while its endpoint is disabled.
	SetDisabled(ctx context.Context, endpoint string, disabled bool, why string, now time.Time) (webhook.Health, error)

	// Health returns the state of every endpoint that the store has heard of,
	// ordered by name.
	Health(ctx context.Context) ([]webhook.Health, error)

	// Event returns one event, or [ErrNotFound].
	Event(ctx context.Context, id string) (webhook.Event, error)
	// Events lists events, newest first, without their bodies.
	Events(ctx context.Context, q EventQuery) ([]webhook.Event, error)
	// Delivery returns one delivery, or [ErrNotFound].
	Delivery(ctx context.Context, id string) (webhook.Delivery, error)
	// Deliveries lists deliveries, newest first, without their outputs' bodies.
	Deliveries(ctx context.Context, q DeliveryQuery) ([]webhook.Delivery, error)
	// Attempts returns the attempts of a delivery in order.
	Attempts(ctx context.Context, delivery string) ([]webhook.Attempt, error)
	// Counts returns how many deliveries are in each state.
	Counts(ctx context.Context) (map[webhook.DeliveryState]int64, error)

	// Prune removes what is older, or more, than the request allows, a bounded
	// part at a time: events that have no open delivery, with all that hangs on
	// them, the content of such events, and dedup keys. It returns how many it
	// removed; a part that reached the limit asks for another call.
	Prune(ctx context.Context, req PruneRequest) (Pruned, error)

	// Erase removes what an event says: its body, header fields, type and
	// provider's ID, the outputs of its deliveries, and the errors and responses
	// of their attempts. What is left says that it was: its ID, source and time,
	// its deliveries with their states, and its dedup key, so that a repeat is
	// still known. Deliveries that are open are Canceled, and their leases lost.
	//
	// It returns [ErrNotFound]. An event that was erased before keeps the moment
	// of then. Where an implementation cannot reach every copy it says so in its
	// own documentation.
	Erase(ctx context.Context, id string, now time.Time) error

	// Ping reports whether the store can commit.
	Ping(ctx context.Context) error

	// Close waits for running calls and frees the store.
	Close() error
}

// Waker is a [Store] that other processes may change. Its leases run by a clock
// of its own, into which it translates the moments that it is given, so that the
// clocks of the processes may differ.
type Waker interface {
	// Watch calls wake whenever another process may have made something due, and
	// from time to time without that, until the context ends, and then returns
	// nil. Wake must return at once.
	Watch(ctx context.Context, wake func()) error
}

// Disk is a [Store] that writes to a disk of this machine.
type Disk interface {
	// Free returns how many bytes the store can still write to its disk.
	Free(ctx context.Context) (int64, error)
}

// Overtakes is how much younger a delivery may be that is handed out as it is
// accepted than one to the same endpoint that waits to be leased. Those that come in
// the moment between two leases would otherwise have all that follow wait, too.
const Overtakes = 100 * time.Millisecond

// Acceptance is what Accept commits together.
type Acceptance struct {
	// Event is stored as it is, its ID with it.
	Event webhook.Event
	// Deliveries are those that the event is owed, none for an event that no
	// subscription wants.
	Deliveries []webhook.Delivery
	// LeaseFor is how long the leases last of deliveries that are Running.
	LeaseFor time.Duration
	// DedupKey is unique within the event's source; empty stores without one.
	DedupKey string
	// BodyDigest is kept beside the key, and handed back in the receipt of a
	// duplicate, so that a caller can tell a repeat from a conflict.
	BodyDigest [32]byte
}

// Check reports what no store can take: an event or delivery without an ID, a
// delivery without an endpoint, one that is neither pending nor running, or one
// that is running for no time.
func (a Acceptance) Check() error {
	if a.Event.ID == "" {
		return errors.New("event has no ID")
	}
	for _, d := range a.Deliveries {
		switch {
		case d.ID == "":
			return errors.New("delivery has no ID")
		case d.Endpoint == "":
			return fmt.Errorf("delivery %q has no endpoint", d.ID)
		case d.State == webhook.Running && a.LeaseFor <= 0:
			return fmt.Errorf("delivery %q is to be leased for %v, want more than 0", d.ID, a.LeaseFor)
		case d.State != "" && d.State != webhook.Pending && d.State != webhook.Running:
			return fmt.Errorf("delivery %q is %s, want %s or %s", d.ID, d.State, webhook.Pending, webhook.Running)
		}
	}
	return nil
}

// Receipt is the answer of Accept.
type Receipt struct {
	// EventID is the stored event, the earlier one for a duplicate.
	EventID string
	// Duplicate says that the key was kept already, and nothing was stored.
	Duplicate bool
	// BodyDigest is the digest that was stored with the key.
	BodyDigest [32]byte
	// Leases are the deliveries that were asked for and are the caller's now, as
	// [Store.Lease] would return them. A duplicate has none.
	Leases []Lease
}

// LeaseRequest asks for work.
type LeaseRequest struct {
	// Now is the moment by which deliveries are due, For how long the leases
	// last from then.
	Now time.Time
	For time.Duration
	// Max is the most deliveries in all.
	Max int
	// Capacity returns the most deliveries for an endpoint. It is asked for those
	// that have something due, and must return at once. Nil stands for Default.
	Capacity func(endpoint string) int
	// Default is the most deliveries for each endpoint where there is no Capacity.
	Default int
}

// LeaseRef names a lease: a delivery and the token of its holder.
type LeaseRef struct {
	// Delivery is its ID.
	Delivery string
	// Token is the store's, another one for every lease.
	Token string
}

// Lease is a delivery that is the holder's until the lease ends, with its
// event.
type Lease struct {
	// Ref names the lease to Extend, Expand and Settle.
	Ref LeaseRef
	// Until is when the lease ends.
	Until time.Time
	// Delivery is Running, and Event the one that it owes, with its body.
	Delivery webhook.Delivery
	Event    webhook.Event
}

// Settlement ends a lease.
type Settlement struct {
	// Lease is the one that ends.
	Lease LeaseRef
	// Next is what becomes of the delivery and of its endpoint's health.
	Next webhook.Next
	// Attempt is recorded unless it is nil; its Number is set by the store. A
	// failed transform has none.
	Attempt *webhook.Attempt
	// DisableAfter is the rule of the endpoint's policy.
	DisableAfter webhook.DisableRule
	// Now is the moment of the change, from which an endpoint is disabled.
	Now time.Time
}

// CapacityOf returns the most deliveries for an endpoint.
func (r *LeaseRequest) CapacityOf(endpoint string) int {
	if r.Capacity == nil {
		return r.Default
	}
	return r.Capacity(endpoint)
}

// Change is a change of an endpoint's Disabled.
type Change struct {
	// Number is the store's; no other change has it.
	Number int64
	// Health is that of the endpoint after the change.
	Health webhook.Health
}

// EventQuery selects events. Zero fields select everything.
type EventQuery struct {
	// Source and Type select by the whole name; they are no patterns.
	Source string
	Type   string
	// Before selects events with a smaller ID, for paging.
	Before string
	// Limit is the most events that are returned; zero returns all.
	Limit int
}

// DeliveryQuery selects deliveries. Zero fields select everything.
type DeliveryQuery struct {
	// Event is an event's ID, Endpoint an endpoint's name.
	Event    string
	Endpoint string
	// State selects those that stand there.
	State webhook.DeliveryState
	// Before selects deliveries with a smaller ID, for paging.
	Before string
	// Limit is the most deliveries that are returned; zero returns all.
	Limit int
}

// PruneRequest says what is kept. The zero request keeps everything.
type PruneRequest struct {
	// Now is when it takes place, from which the contents count as removed.
	Now time.Time
	// Default is for the events of every source that Sources does not name.
	Default Keep
	// Sources are what is kept of some sources, by name.
	Sources map[string]Keep
	// Size is the most that the events of all sources may weigh together, in
	// bytes: the oldest go first. Zero is no bound. See [Weight].
	Size int64
	// Keys is the moment before which dedup keys are removed; zero keeps all.
	Keys time.Time
	// Limit is the most events, contents and keys, of each of the three, that
	// one call removes. Events that a store removes together at the cost of one may
	// be more.
	Limit int
}

// Of returns what is kept of a source.
func (r PruneRequest) Of(source string) Keep {
	if k, ok := r.Sources[source]; ok {
		return k
	}
	return r.Default
}

// Keep says what is kept of a source. A zero field keeps everything.
type Keep struct {
	// Events is the moment before which events are removed.
	Events time.Time
	// Bodies is the moment before which the content of events is removed: the
	// bodies and header fields, outputs and responses. The rest stays.
	Bodies time.Time
	// Size is the most that the events of the source may weigh, in bytes: the
	// oldest go first.
	Size int64
	// Leeway is how much longer than Events says an event may stay where a store
	// removes many together at less cost. Zero is none.
	Leeway time.Duration
}

// Weight is what an event counts for the sizes that a [PruneRequest] bounds: its
// body, and a fixed part for all that is kept beside it.
func Weight(body int) int64 { return int64(body) + weightBeside }

// weightBeside is about what an event with one delivery takes without its body.
const weightBeside = 1 << 10

// Pruned counts what [Store.Prune] has removed.
type Pruned struct {
	// Events, Bodies and Keys are the events, the contents of events and the
	// dedup keys that are gone.
	Events, Bodies, Keys int
}
