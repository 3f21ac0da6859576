package engine

import (
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// The nouns of the engine, which live in package webhook.
type (
	Request      = webhook.Request
	Verdict      = webhook.Verdict
	Reason       = webhook.Reason
	Event        = webhook.Event
	Secret       = webhook.Secret
	Secrets      = webhook.Secrets
	SecretSource = webhook.SecretSource
	Hint         = webhook.Hint
	GuestLoader  = webhook.GuestLoader
	GuestCode    = webhook.GuestCode
	GuestLimits  = webhook.GuestLimits
)

// NewSecret returns a secret over a copy of key. It refuses a blank key, and
// one with white space around it; see [webhook.NewSecret].
func NewSecret(label string, key []byte) (Secret, error) { return webhook.NewSecret(label, key) }

// Config says what an engine works with. Only Sources is needed to verify.
type Config struct {
	// Sources are the inbound paths by name.
	Sources map[string]Source
	// Endpoints are the outbound URLs by name.
	Endpoints map[string]Endpoint
	// Subscriptions say which events go where.
	Subscriptions []Subscription
	// Transforms are the guests that subscriptions name.
	Transforms map[string]GuestCode
	// Store keeps events and deliveries; nil verifies only. The engine does
	// not close it.
	Store store.Store
	// Guests load rules and transforms.
	Guests []GuestLoader
	// Catalog holds the provider packs; nil is those that ship with hookseal.
	Catalog *catalog.Catalog
	// AllowNetworks are the private ranges that endpoints may be in.
	AllowNetworks []netip.Prefix
	// Transport carries deliveries instead of one that refuses private
	// addresses. Whoever sets it takes over that duty.
	Transport http.RoundTripper
	Limits    Limits
	// Logger is where the engine writes; nil discards.
	Logger *slog.Logger
	// Observer is told what happens; nil tells nobody.
	Observer Observer
}

// Source is one inbound path: POST /in/<name>[/<key>].
type Source struct {
	// Provider names the pack, or is [NoVerification].
	Provider string
	// Settings fill the settings of the pack, such as "tolerance".
	Settings map[string]string
	// Secrets knows the secrets.
	Secrets SecretSource
	// Unsigned takes requests without a signature, from a provider that sends
	// none when no secret is set.
	Unsigned bool
	// AllowUncoveredBody takes events whose body the signature does not cover.
	AllowUncoveredBody bool
	// Dedup names the key by which a repeat is recognised: "body", "id",
	// "off", or one of the pack's; empty is the pack's own choice.
	Dedup string
	// MaxBody bounds the body in bytes; zero is 1 MiB.
	MaxBody int64
	// Basic ("user:password"), Bearer and the tokens of Header are demanded
	// beside the signature where they are given.
	Basic, Bearer []Secret
	Header        string
	HeaderTokens  []Secret
}

// NoVerification is the provider of a source that takes everything.
const NoVerification = "none"

// Endpoint is an outbound URL.
type Endpoint struct {
	URL string
	// AllowHTTP permits an http URL to a host that is not a loopback address.
	AllowHTTP bool
	// Sign names the pack whose signature deliveries carry; empty is
	// "standard-webhooks", or that of As. [NoVerification] signs nothing.
	Sign string
	// As names a pack whose whole behaviour as a sender is taken: signature,
	// headers, schedule, timeout, disabling. Fields that are set win over it.
	As string
	// Settings fill the settings of the pack.
	Settings map[string]string
	Secrets  []Secret
	// Retry are the waits before the second, third … attempt. Nil is that of
	// As, or [DefaultRetry]; empty but not nil makes one attempt.
	Retry []time.Duration
	// Timeout bounds one attempt; zero is that of As, or 30 seconds.
	Timeout time.Duration
	// DisableAfter disables the endpoint when the count of consecutive
	// failures exceeds it; nil is that of As, or never.
	DisableAfter *DisableAfter
	// Concurrency is the most deliveries at a time; zero is 16.
	Concurrency int
	// Headers are sent with every attempt.
	Headers map[string]string
}

// DisableAfter is a count of consecutive failures.
type DisableAfter struct {
	Failures int
	// Attempts counts failed attempts instead of exhausted deliveries.
	Attempts bool
}

// Subscription sends the events of a source to an endpoint.
type Subscription struct {
	// Name identifies the subscription; empty is "<source>-><endpoint>".
	Name   string
	Source string
	// Types are patterns of event types: "*" is everything, "a.*" any depth
	// below a. None is everything.
	Types []string
	// Transform names the guest that makes of an event what is sent; empty
	// sends it as it came.
	Transform string
	Endpoint  string
}

// Limits bound what the engine holds and waits for. A zero field means its
// default.
type Limits struct {
	// BytesInFlight bounds the bodies that are held at one time (64 MiB).
	BytesInFlight int64
	// Deliveries is the most attempts at one time (256).
	Deliveries int
	// Lease is how long a delivery is taken for at a time (1 minute).
	Lease time.Duration
	// ShutdownGrace is how long running attempts may take to end (20 s).
	ShutdownGrace time.Duration
	// Guest bounds the calls of rules and transforms.
	Guest GuestLimits
}

// DefaultRetry returns the schedule of an endpoint that names none: that of the
// Standard Webhooks specification, nine retries over three days.
func DefaultRetry() []time.Duration {
	return []time.Duration{
		5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour,
		10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
	}
}

// Observer is told what happens, in time to count it. Its methods are called by
// several goroutines at a time and should return at once.
type Observer interface {
	// Received: a request was answered. Answer is accepted, duplicate,
	// refused, challenge or unavailable; the reason is that of a refusal.
	Received(source, answer string, reason Reason, took time.Duration)
	// Attempted: an attempt reached the network.
	Attempted(endpoint string, a webhook.Attempt)
	// Finished: a delivery came to a final state.
	Finished(d webhook.Delivery)
	// TransformFailed: a guest went wrong.
	TransformFailed(subscription string, err error)
	// EndpointDisabled: an endpoint's failures disabled it.
	EndpointDisabled(h webhook.Health)
}
