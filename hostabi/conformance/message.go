package conformance

import (
	"maps"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// message is what a module is handed: a request for a claim, an event for a
// transform.
type message struct {
	// name says what is special of it.
	name   string
	method string
	target string
	typ    string
	header http.Header
	body   []byte
}

// sentAt is when every message was received.
func sentAt() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }

// plain is a message as a sender makes it, with the headers that many schemes
// sign by.
func plain(name string) message {
	return message{
		name: name, method: http.MethodPost, target: "/in/test?page=1", typ: "document.signed",
		header: http.Header{
			"Content-Type":        {"application/json"},
			"User-Agent":          {"Sender/1.0"},
			"Webhook-Id":          {"msg_1"},
			"Webhook-Timestamp":   {"1767323045"},
			"Webhook-Signature":   {"v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},
			"X-Signature":         {"t=1767323045,v1=00000000000000000000000000000000"},
			"X-Hub-Signature-256": {"sha256=0000000000000000000000000000000000000000000000000000000000000000"},
		},
		body: []byte(`{"id":"evt_1","type":"document.signed","email":"ada@example.com","n":1.0,"items":[{"a":null},true]}`),
	}
}

// with returns the message under another name, changed.
func (m message) with(name string, change func(*message)) message {
	m.name, m.header = name, m.header.Clone()
	change(&m)
	return m
}

// event is a new event on every call, so that no call can change another's.
func (m *message) event() *webhook.Event {
	return &webhook.Event{
		ID: "evt_0199b8a0", Source: "test", Provider: "test", ProviderID: "1", Type: m.typ, Time: sentAt(),
		Header: m.header.Clone(), Body: slices.Clone(m.body),
	}
}

func (m *message) request() *webhook.Request {
	return &webhook.Request{
		Method: m.method, Target: m.target, Scheme: "https", Host: "hooks.example.com", Received: sentAt(),
		From: netip.AddrFrom4([4]byte{192, 0, 2, 1}), Header: m.header.Clone(), Body: slices.Clone(m.body),
	}
}

func (t *trial) context() webhook.TransformContext {
	return webhook.TransformContext{Subscription: "test", Endpoint: "test", Settings: maps.Clone(t.options.Settings)}
}
