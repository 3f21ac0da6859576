package webhook

import (
	"net/http"
	"time"
)

// Event is an accepted webhook, or one that an application published. It is
// authentic, and never changes.
type Event struct {
	// ID is hookseal's own identifier; it grows with time, and is the
	// webhook-id under which the event is delivered.
	ID string
	// Source is the name of the source, "app" for a published event.
	Source string
	// Provider is the name of the pack that verified it, empty for "app".
	Provider string
	// ProviderID is the identifier that the sender gave, where it has one.
	ProviderID string
	// Type is the event's type, such as "document.signed"; empty if the
	// provider has none.
	Type string
	// Time is when the event was received or published.
	Time time.Time
	// Header holds the header fields of the request, those that carry
	// credentials redacted.
	Header http.Header
	// Body is the raw body as it was received.
	Body []byte
	// Erased is when what the event says was removed, by its retention or by an
	// operator: Header and Body are empty since. Zero while they are kept.
	Erased time.Time
	// Secret is the label of the secret that matched, Candidate the form of
	// the message, Covers what the signature vouches for.
	Secret    string
	Candidate string
	Covers    Coverage
}

// ContentType returns the media type of the body, "application/octet-stream"
// where the sender gave none.
func (e *Event) ContentType() string {
	if t := e.Header.Get("Content-Type"); t != "" {
		return t
	}
	return "application/octet-stream"
}

// Output is one event as a transform hands it out: what an endpoint is sent.
type Output struct {
	// Type replaces the event's type.
	Type string
	// ContentType is the media type of the body.
	ContentType string
	// Header holds further header fields for the endpoint.
	Header http.Header
	// Body is sent as it is.
	Body []byte
}
