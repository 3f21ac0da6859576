package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/hookseal/hookseal/engine/internal/dispatch"
	"github.com/hookseal/hookseal/engine/internal/identifier"
	"github.com/hookseal/hookseal/engine/store"
)

// NoticeSource is the source of the events by which hookseal tells of its
// endpoints. Subscriptions may name it; a source of Config may not.
//
// The store keeps each change of an endpoint together with what caused it, and
// forgets it once its event is stored: one that is made while no engine runs, or
// just before a crash, is told of by the next. A notice for an endpoint that is
// disabled itself is held like all else that it is owed.
const NoticeSource = "hookseal"

// The types of the events of [NoticeSource].
const (
	// NoticeDisabled: an endpoint was disabled, by its failures or by hand.
	NoticeDisabled = "endpoint.disabled"
	// NoticeEnabled: an endpoint was enabled again.
	NoticeEnabled = "endpoint.enabled"
)

// Notice is the body of an event of [NoticeSource], as JSON.
type Notice struct {
	// Type is that of the event.
	Type string `json:"type"`
	// Timestamp is when the endpoint was disabled or enabled.
	Timestamp time.Time `json:"timestamp"`
	// Data says which endpoint, and why.
	Data NoticeData `json:"data"`
}

// NoticeData is what a [Notice] says of an endpoint.
type NoticeData struct {
	// Endpoint is its name.
	Endpoint string `json:"endpoint"`
	// Why says in one line why it was disabled.
	Why string `json:"why,omitempty"`
	// Failures are those in a row that were counted.
	Failures int `json:"failures"`
	// FailingSince is when the first attempt failed since the last success.
	FailingSince time.Time `json:"failing_since,omitzero"`
}

const (
	// noticeEvery is how often the store is asked for changes that nobody said
	// anything of, and noticeRetry when it could not be.
	noticeEvery = time.Minute
	noticeRetry = 5 * time.Second
	// noticeLimit is how many are told of at a time.
	noticeLimit = 100
)

// EndpointChanged says that an operator has disabled or enabled an endpoint in
// the store: what this engine has learned of the endpoint is forgotten, and its
// deliveries go on at once, one first. It never blocks.
func (e *Engine) EndpointChanged(endpoint string) {
	if e.dispatcher != nil {
		e.dispatcher.Forgive(endpoint)
		e.noticeChange()
	}
}

// EndpointPause says that nothing is sent to an endpoint for now, though it is
// enabled: its [Breaker] is open, or it answered 429 or 503.
type EndpointPause = dispatch.Pause

// Pauses returns the pauses of endpoints by name. They are those of this engine:
// nodes that share a store have their own.
func (e *Engine) Pauses() map[string]EndpointPause {
	if e.dispatcher == nil {
		return nil
	}
	return e.dispatcher.Pauses()
}

func (e *Engine) noticeChange() {
	select {
	case e.changed <- struct{}{}:
	default:
	}
}

// notify tells of the changes of endpoints until the context ends.
func (e *Engine) notify(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-e.changed:
		case <-timer.C:
		}
		wait := noticeEvery
		if err := e.tellChanges(ctx); err != nil && ctx.Err() == nil {
			e.fixed.Logger.Error("changes of endpoints cannot be told", "error", err, "next_try_in", noticeRetry)
			wait = noticeRetry
		}
		timer.Reset(wait)
	}
}

// tellChanges stores the event of each change, and has the store forget it.
func (e *Engine) tellChanges(ctx context.Context) error {
	for {
		changes, err := e.store.Changes(ctx, noticeLimit)
		if err != nil || len(changes) == 0 {
			return err
		}
		for _, change := range changes {
			if err := e.tellChange(ctx, change); err != nil {
				return err
			}
			if err := e.store.Forget(ctx, change.Number); err != nil {
				return err
			}
		}
	}
}

// tellChange stores the event of a change, once: whoever does it again, after a
// crash or on another node, finds its key.
func (e *Engine) tellChange(ctx context.Context, change store.Change) error {
	s := e.acquire()
	if s == nil {
		return ErrClosed
	}
	defer s.release()
	h := change.Health
	n := Notice{
		Type: NoticeEnabled, Timestamp: h.Since.UTC(),
		Data: NoticeData{Endpoint: h.Endpoint, Why: h.Why, Failures: h.Failures, FailingSince: h.FailingSince},
	}
	if h.Disabled {
		n.Type = NoticeDisabled
	}
	body, err := json.Marshal(n)
	if err != nil {
		return err
	}
	ev := Event{
		ID: identifier.NewEvent(), Source: NoticeSource, Type: n.Type, Time: time.Now().UTC(),
		Header: http.Header{"Content-Type": {"application/json"}}, Body: body,
	}
	deliveries := s.intake.Route(&ev, ev.Time)
	_, err = e.store.Accept(ctx, store.Acceptance{
		Event: ev, Deliveries: deliveries, DedupKey: fmt.Sprintf("change/%d/%d", change.Number, h.Since.UnixMicro()),
	})
	return err
}
