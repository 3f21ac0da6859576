//go:build wasip1

package guest

import "github.com/hookseal/hookseal/hostabi"

// Event is the verified event that a transform is given.
type Event struct{ message }

// ID returns the identifier under which the event is delivered.
func (Event) ID() string { return orEmpty(hostabi.FieldEventID, "") }

// Type returns the event's type, empty if its provider has none.
func (Event) Type() string { return orEmpty(hostabi.FieldEventType, "") }

// Source returns the name of the source.
func (Event) Source() string { return orEmpty(hostabi.FieldEventSource, "") }

// Time returns when the event was received, in RFC 3339, in UTC.
func (Event) Time() string { return orEmpty(hostabi.FieldEventTime, "") }

// Provider returns the name of the pack that verified the event.
func (Event) Provider() string { return orEmpty(hostabi.FieldEventProvider, "") }

// ProviderID returns the identifier that the sender gave.
func (Event) ProviderID() string { return orEmpty(hostabi.FieldEventProviderID, "") }

// Subscription returns the name of the subscription that the event is for.
func (Event) Subscription() string { return orEmpty(hostabi.FieldSubscription, "") }

// Endpoint returns the name of the endpoint that the event is for.
func (Event) Endpoint() string { return orEmpty(hostabi.FieldEndpoint, "") }

// Output is one event to send.
type Output struct {
	// Type and ContentType are those of the event that came in where they are
	// empty.
	Type        string
	ContentType string
	// Header holds further header fields, sent in this order.
	Header []HeaderField
	// Body is sent as it is.
	Body []byte
}

// HeaderField is one header field of an output.
type HeaderField struct {
	// Name is one that a transform may set; the host ends the call for others.
	Name string
	// Value is its text on one line.
	Value string
}

// Forward hands out the event that came in, with another type unless that is
// empty. Its body does not pass through the module.
func (Event) Forward(kind string) { hostForward(of(kind)) }

// Emit hands out an event. The host has copied it when Emit returns.
func (Event) Emit(out Output) {
	kind, kindSize := of(out.Type)
	contentType, contentTypeSize := of(out.ContentType)
	body, bodySize := ofBytes(out.Body)
	hostEmit(kind, kindSize, contentType, contentTypeSize, body, bodySize)
	for _, field := range out.Header {
		name, nameSize := of(field.Name)
		text, textSize := of(field.Value)
		hostEmitHeader(name, nameSize, text, textSize)
	}
}
