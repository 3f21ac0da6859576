package engine

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"time"

	"github.com/hookseal/hookseal/engine/internal/identifier"
	"github.com/hookseal/hookseal/engine/internal/receive"
	"github.com/hookseal/hookseal/engine/store"
)

// AppSource is the source of events that the application publishes.
const AppSource = "app"

// Publication is an event that the application sends out.
type Publication struct {
	// Type is matched by the patterns of subscriptions.
	Type string
	// ContentType of the body; empty is application/json.
	ContentType string
	// Body is stored and sent byte for byte.
	Body []byte
	// Key recognises a repeated publication; empty keeps none.
	Key string
}

// ErrKeyConflict reports a publication under the key of an earlier one with
// another body. Nothing was stored.
var ErrKeyConflict = errors.New("key was published with another body")

// Publish commits an event and its deliveries, and returns its ID once that is
// durable. For a key that was published before it returns the earlier ID, with
// [ErrKeyConflict] if the body is another one.
//
// It returns [ErrNoStore] for an engine that verifies only, [ErrClosed] after
// Close, and otherwise the error of the store: the event may then have been
// committed, and publishing again under the same key stores it once.
func (e *Engine) Publish(ctx context.Context, p Publication) (string, error) {
	if e.fixed.Store == nil {
		return "", ErrNoStore
	}
	s := e.acquire()
	if s == nil {
		return "", ErrClosed
	}
	defer s.release()
	if p.ContentType == "" {
		p.ContentType = "application/json"
	}
	ev := Event{
		ID: identifier.NewEvent(), Source: AppSource, Type: p.Type, Time: time.Now().UTC(),
		Header: http.Header{"Content-Type": {p.ContentType}}, Body: p.Body,
	}
	deliveries := receive.Route(s.intake.Subscriptions, &ev, ev.Time)
	receipt, err := e.fixed.Store.Accept(ctx, store.Acceptance{
		Event: ev, Deliveries: deliveries, DedupKey: p.Key, BodyDigest: sha256.Sum256(p.Body),
	})
	if err != nil {
		return "", err
	}
	if receipt.Duplicate && receipt.BodyDigest != sha256.Sum256(p.Body) {
		return receipt.EventID, ErrKeyConflict
	}
	if len(deliveries) > 0 {
		e.Wake()
	}
	return receipt.EventID, nil
}
