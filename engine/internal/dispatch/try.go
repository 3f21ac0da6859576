package dispatch

import (
	"context"
	"fmt"
	"time"

	"github.com/hookseal/hookseal/engine/internal/attempt"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Try sends an event to an endpoint as the first attempt of a delivery would, under
// a message ID of the caller's. Nothing of it is stored, counted or told to anybody.
//
// It returns the request that was sent. An error means that none was: the draft
// could not be signed, or not be sent as it was.
func Try(ctx context.Context, sender attempt.Sender, e Endpoint, ev webhook.Event, messageID string) (*webhook.Request, webhook.Attempt, error) {
	request := draft(e, &store.Lease{Event: ev})
	if e.Sign != nil {
		message := Message{ID: messageID, Type: ev.Type, Time: time.Now()}
		if err := e.Sign(ctx, request, message); err != nil {
			return nil, webhook.Attempt{}, fmt.Errorf("sign: %s", attempt.OneLine(err))
		}
	}
	if fault := unsendable(request.Header); fault != "" {
		return nil, webhook.Attempt{}, fmt.Errorf("cannot be sent: %s", fault)
	}
	return request, e.send(ctx, sender, request), nil
}

// send makes one try, and leaves out of the answer what must not be kept.
func (e Endpoint) send(ctx context.Context, sender attempt.Sender, signed *webhook.Request) webhook.Attempt {
	made := sender.Send(ctx, signed, e.timeout())
	if e.Redact != nil && len(made.Response) > 0 {
		made.Response = e.Redact(made.Response)
	}
	return made
}
