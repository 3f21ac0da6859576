package dispatch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Config says what a dispatcher works with.
type Config struct {
	// Store holds the deliveries; required.
	Store store.Store
	// Transport carries the requests; required. It should dial through
	// netguard. Redirects are never followed.
	Transport http.RoundTripper
	// UserAgent is sent where an endpoint's header names none.
	UserAgent string
	// Endpoints are the endpoints by name; [Dispatcher.SetEndpoints] replaces
	// them.
	Endpoints map[string]Endpoint
	// Transforms knows the guests; nil knows none.
	Transforms Transforms
	// Log is where the dispatcher writes; nil discards.
	Log *slog.Logger
	// Observer is told what happens.
	Observer Observer
	// Tracer follows transforms and attempts; nil follows none.
	Tracer webhook.Tracer
	// Concurrency is the most deliveries at a time over all endpoints; zero is
	// 512.
	Concurrency int
	// Lease is how long a delivery is taken for at a time; zero is a minute.
	// After a crash, what was under way is tried again when its lease has
	// ended.
	Lease time.Duration
	// ShutdownGrace is how long running attempts may take to end once Run's
	// context is; zero is 20 seconds.
	ShutdownGrace time.Duration
	// Jitter returns a number from 0 to 1 for the wait before a retry; nil is
	// random.
	Jitter func() float64
}

// Endpoint is where deliveries go, and how.
type Endpoint struct {
	// URL is the target; required. A user in it becomes basic authentication.
	URL *url.URL
	// Policy decides about retries.
	Policy webhook.DeliveryPolicy
	// Timeout bounds one attempt; zero is 30 seconds.
	Timeout time.Duration
	// Concurrency is the most deliveries at a time; zero is 16. An endpoint is
	// given one, and one more after each that it answered.
	Concurrency int
	// Rate is the most attempts that begin in a second, at an even pace; zero has
	// no limit.
	Rate float64
	// Breaker says when the endpoint is left alone; nil is 10 failures, and a
	// pause of 10 seconds to 5 minutes.
	Breaker *Breaker
	// Header is sent with every attempt, and wins over what a transform sets.
	Header http.Header
	// Sign writes identity and signature into a draft, and may replace its body
	// (not change it in place); nil sends the draft as it is. It is called anew
	// for every attempt, by several goroutines at a time. Its error counts as a
	// failed attempt, but not against the endpoint, and is recorded: it must
	// hold no secret.
	Sign func(ctx context.Context, draft *webhook.Request, m Message) error
	// Redact returns the beginning of an answer as it may be kept: without the
	// secrets that a server repeats which repeats its requests; nil keeps it as it
	// is. It is called by several goroutines at a time.
	Redact func(answer []byte) []byte
}

// Breaker says when an endpoint that is not there is left alone. The zero Breaker
// never does.
type Breaker struct {
	// Failures opens the breaker at so many consecutive attempts that got no
	// answer, a 5xx or a 408; zero never does.
	Failures int
	// Pause is how long nothing is sent then. One attempt follows: if it fails,
	// too, the pause is doubled, up to MaxPause.
	Pause, MaxPause time.Duration
}

// Message identifies what is being signed.
type Message struct {
	// ID is the webhook-id, the same on every attempt.
	ID string
	// Type is the event's type, or the one that its transform gave it.
	Type string
	// Time is the moment of this attempt.
	Time time.Time
}

// Transforms finds guests by name. It is asked for every delivery, so that a
// guest may be replaced at any time. It is safe for concurrent use.
type Transforms interface {
	Transform(name string) (webhook.Guest, bool)
}

// Observer is told what happens, in time to count it. Nil functions are left
// out; the others are called by several goroutines at a time and should return
// at once.
type Observer struct {
	// AttemptDone is called after every attempt that reached the network.
	AttemptDone func(endpoint string, a webhook.Attempt)
	// DeliveryFinished is called once a delivery's final state is committed.
	DeliveryFinished func(d webhook.Delivery)
	// TransformFailed is called when a guest went wrong or is not loaded.
	TransformFailed func(d webhook.Delivery, err error)
	// EndpointDisabled is called once an endpoint's policy has disabled it.
	EndpointDisabled func(h webhook.Health)
}

// withDefaults fills the zero fields, and joins all faults into the error.
func (c Config) withDefaults() (Config, error) {
	var faults []error
	if c.Store == nil {
		faults = append(faults, errors.New("dispatch: no store"))
	}
	if c.Transport == nil {
		faults = append(faults, errors.New("dispatch: no transport"))
	}
	if c.Concurrency == 0 {
		c.Concurrency = 512
	}
	if c.Lease == 0 {
		c.Lease = time.Minute
	}
	if c.ShutdownGrace == 0 {
		c.ShutdownGrace = 20 * time.Second
	}
	if c.Concurrency < 0 || c.Lease < 0 || c.ShutdownGrace < 0 {
		faults = append(faults, fmt.Errorf("dispatch: concurrency %d, lease %v and shutdown grace %v must not be negative",
			c.Concurrency, c.Lease, c.ShutdownGrace))
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Jitter == nil {
		c.Jitter = rand.Float64
	}
	if c.Transforms == nil {
		c.Transforms = noTransforms{}
	}
	return c, errors.Join(faults...)
}

type noTransforms struct{}

func (noTransforms) Transform(string) (webhook.Guest, bool) { return nil, false }

// defaultSlots is the most deliveries at a time to an endpoint that sets no
// number.
const defaultSlots = 16

func (e Endpoint) slots() int {
	if e.Concurrency > 0 {
		return e.Concurrency
	}
	return defaultSlots
}

func (e Endpoint) breaker() Breaker {
	if e.Breaker == nil {
		return Breaker{Failures: 10, Pause: 10 * time.Second, MaxPause: 5 * time.Minute}
	}
	return *e.Breaker
}

func (e Endpoint) timeout() time.Duration {
	if e.Timeout > 0 {
		return e.Timeout
	}
	return 30 * time.Second
}

// check reports what is wrong with an endpoint.
func (e Endpoint) check(name string) error {
	if e.URL == nil || e.URL.Host == "" || (e.URL.Scheme != "http" && e.URL.Scheme != "https") {
		return fmt.Errorf("dispatch: endpoint %q needs an http or https URL with a host", name)
	}
	return nil
}
