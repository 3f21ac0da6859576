package stopwatch

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// Message is what a module is handed.
type Message struct {
	// Name is what the report calls it.
	Name string
	// Event is handed to a transform; a claim gets a request of its header and
	// body.
	Event *webhook.Event
}

// People returns a message of a size in bytes: a JSON array of people, each of
// about a hundred bytes, with the headers that many schemes sign by.
func People(name string, size int) Message {
	const one = `{"name":"Ada Example","email":"ada@customers.example","city":"Zürich","tags":["a","b"],"age":36},`
	const tail = "{}]"
	body := "[" + strings.Repeat(one, max(0, size-1-len(tail))/len(one))
	body += strings.Repeat(" ", max(0, size-len(body)-len(tail))) + tail
	return Message{Name: name, Event: &webhook.Event{
		ID: "evt_1", Source: "bench", Provider: "bench", Type: "people.listed", Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		Header: http.Header{
			"Content-Type": {"application/json"}, "Webhook-Id": {"msg_1"}, "Webhook-Timestamp": {"1767323045"},
			"Webhook-Signature": {"v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},
		},
		Body: []byte(body),
	}}
}

func (m Message) call(ctx context.Context, guest webhook.Guest, hook webhook.Hook, settings map[string]string) ([]webhook.Output, error) {
	if hook == webhook.HookClaim {
		_, err := guest.Claim(ctx, &webhook.Request{
			Method: http.MethodPost, Target: "/in/bench", Scheme: "https", Host: "bench.example",
			Header: m.Event.Header, Body: m.Event.Body, Received: m.Event.Time,
		}, settings)
		return nil, err
	}
	return guest.Transform(ctx, m.Event, webhook.TransformContext{Subscription: "bench", Endpoint: "bench", Settings: settings})
}

// percentile returns the p-th percentile, zero of nothing.
func percentile(times []time.Duration, p int) time.Duration {
	if len(times) == 0 {
		return 0
	}
	slices.Sort(times)
	return times[min(len(times)-1, len(times)*p/100)]
}
