package webhook

import "time"

// DeliveryState is where a delivery stands.
type DeliveryState string

// The states. Pending, Running and Held are open; the others are final, and
// only an operator's Redeliver leaves them.
const (
	// Pending: due at its time.
	Pending DeliveryState = "pending"
	// Running: leased by a dispatcher.
	Running DeliveryState = "running"
	// Held: its endpoint is disabled; it becomes pending when that is enabled.
	Held DeliveryState = "held"
	// Delivered: the endpoint answered 2xx.
	Delivered DeliveryState = "delivered"
	// Dropped: its transform decided that there is nothing to send.
	Dropped DeliveryState = "dropped"
	// Failed: its transform went wrong.
	Failed DeliveryState = "failed"
	// Exhausted: every attempt of its schedule failed.
	Exhausted DeliveryState = "exhausted"
	// Canceled: an operator gave it up.
	Canceled DeliveryState = "canceled"
)

// Final reports whether the state is one that only an operator leaves.
func (s DeliveryState) Final() bool {
	switch s {
	case Pending, Running, Held:
		return false
	}
	return true
}

// Delivery is one event owed to one endpoint.
type Delivery struct {
	// ID grows with time.
	ID string
	// MessageID is the webhook-id that the endpoint sees, the same on every
	// attempt.
	MessageID string
	// EventID is the [Event] that is owed.
	EventID string
	// Subscription and Endpoint are the names of the one that chose the event
	// and of the one that it is sent to.
	Subscription string
	Endpoint     string
	// Transform is the name of the guest that makes the outputs, empty for an
	// event that is sent as it is.
	Transform string
	// OrderKey has the deliveries to Endpoint that share it sent one after the
	// other, in the order of their IDs: none begins while an earlier one is open.
	// Empty is in no order.
	OrderKey string
	// State is where the delivery stands.
	State DeliveryState
	// Due is when the next attempt is to be made.
	Due time.Time
	// Attempts counts the attempts made since the delivery was created or last
	// redelivered.
	Attempts int
	// Created is when the delivery came to be, with its event or its output.
	Created time.Time
	// LastError is one line about the last attempt or the transform, empty
	// after success.
	LastError string
	// Output is what the transform made for this delivery, nil until it ran or
	// where there is none.
	Output *Output
	// TransformHash is the hash of the code that made Output.
	TransformHash string
}

// Attempt is one HTTP try of a delivery.
type Attempt struct {
	// Number counts from 1 over the whole life of the delivery.
	Number int
	// At is when the attempt began, Duration how long it took with the response
	// body.
	At       time.Time
	Duration time.Duration
	// Status is the HTTP status, zero when there was no response.
	Status int
	// Error is one line about why there was no response.
	Error string
	// Response is the beginning of the response body.
	Response []byte
	// RetryAfter is how long the endpoint asked to wait, zero if it did not.
	RetryAfter time.Duration
}

// Succeeded reports whether the endpoint took the event: a 2xx, nothing else.
func (a Attempt) Succeeded() bool { return a.Status >= 200 && a.Status < 300 }
