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

// NewSecret returns a secret over a copy of key.
//
// It returns [webhook.ErrBlankSecret] for an empty or blank key, and
// [webhook.ErrPaddedSecret] for one with white space around it.
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
	// AllowHosts are the names, such as "crm.intern.example" or "*.intern.example",
	// that endpoints may have although their addresses are private; see
	// [netguard.Guard].
	AllowHosts []string
	// TrustedProxies are the addresses from which Forwarded and the X-Forwarded
	// headers count, for schemes that sign the URL and for AllowFrom. Such a proxy must set or
	// remove each of them: what it passes on from the sender would count too.
	TrustedProxies []netip.Prefix
	// Transport carries deliveries and fetches keys instead of one that refuses
	// private addresses. Whoever sets it takes over that duty.
	Transport http.RoundTripper
	// Confirmer visits the URLs of sources that Confirm; nil is one that refuses
	// private addresses and follows no redirect.
	Confirmer webhook.Confirmer
	// Retention says how long the store keeps what is done with.
	Retention Retention
	// Limits bound what is held and waited for; the zero value is their defaults.
	Limits Limits
	// Logger is where the engine writes; nil discards.
	Logger *slog.Logger
	// Observer is told what happens; nil tells nobody.
	Observer Observer
	// Tracer follows events from their reception to their attempts, and endpoints
	// get the traceparent of each; nil follows none. It stays for all reloads.
	Tracer webhook.Tracer
}

// Source is one inbound path: POST /in/<name>[/<key>].
type Source struct {
	// Provider names the pack, or is [NoVerification].
	Provider string
	// Settings fill the settings of the pack, such as "tolerance".
	Settings map[string]string
	// Secrets knows the secrets. One that is a [webhook.SecretKeeper] also stores
	// the secret that a provider hands out when a webhook is registered.
	//
	// Nil fetches the public keys of a provider that publishes them, from where
	// its pack says.
	Secrets SecretSource
	// KeyCredentials are what a provider wants of those who fetch its public
	// keys, by the names that its pack gives them.
	KeyCredentials map[string]Secret
	// VerifyTokens are the verification tokens that the provider's handshakes
	// state or digest, such as hub.verify_token. They sign nothing and must not be
	// among Secrets.
	VerifyTokens []Secret
	// Confirm visits the URL by which the provider wants a subscription
	// confirmed, once its signature holds. Without it such a request is an event.
	Confirm bool
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
	// Rate is how many requests a second are taken; the others are answered 429
	// before their bodies are read. Zero is no limit. Every request counts, the
	// forged ones too. Burst is how many may come at once; zero is those of a
	// second, and one at least.
	Rate  float64
	Burst int
	// PublicURL is where the sender calls the source, such as
	// "https://hooks.example", for schemes that sign the URL. It beats what the
	// request says. The query is the request's, and so is the path unless
	// PublicURL has one.
	PublicURL string
	// AllowFrom are the networks that requests may come from, in which senders
	// without a better proof publish their addresses; nil is every network. What
	// counts is the address of the connection, or the one that TrustedProxies tell.
	AllowFrom []netip.Prefix
	// Retention is what the source has otherwise than [Config].Retention.
	Retention SourceRetention
	// Shadow lets pass what would be refused for its address, credentials or signature,
	// marked as unverified: by the verdict header, which goes to the
	// application, into the stored event, and to endpoints. It is for the time
	// in which a new source proves itself.
	Shadow bool
	// Statuses are other status codes for what does not pass.
	Statuses Statuses
	// Basic ("user:password"), Bearer and the tokens of Header are demanded
	// beside the signature where they are given.
	Basic, Bearer []Secret
	// Header names the header whose value must be one of HeaderTokens; the two
	// are given together.
	Header string
	// HeaderTokens are the values that Header may have.
	HeaderTokens []Secret
}

// Statuses are the status codes of requests that do not pass. A zero field means
// its default.
type Statuses struct {
	// Refused is for a request that is not verified (401); 400 to 599.
	Refused int
	// TooLarge is for a body over the limit (413); 400 to 599.
	TooLarge int
	// Incomplete is for a body that was cut off (400); 400 to 599.
	Incomplete int
	// Unavailable asks the sender to try again (503); 500 to 599, or 429.
	Unavailable int
}

// NoVerification is the provider of a source that takes everything.
const NoVerification = "none"

// Endpoint is an outbound URL.
type Endpoint struct {
	// URL is where deliveries are posted.
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
	// Secrets sign the deliveries: all that count at the moment of an attempt
	// where the scheme has room for several signatures, else the first of them.
	Secrets []Secret
	// AlsoSign are further signatures that every delivery carries, for a consumer
	// that moves from one scheme to another. They fill in other headers, or join
	// the one that they share.
	AlsoSign []Signing
	// Retry are the waits before the second, third … attempt, to which up to a
	// fifth is added; [Backoff] makes those that grow. An endpoint that answers with
	// Retry-After is given that time, up to [MaxRetryAfter]. Nil is that of As, or
	// [DefaultRetry]; empty but not nil makes one attempt.
	Retry []time.Duration
	// Timeout bounds one attempt; zero is that of As, or 30 seconds.
	Timeout time.Duration
	// DisableAfter says when failures disable the endpoint; nil is that of As, or
	// never. An answer of 410 always does. See [NoticeSource].
	DisableAfter *DisableAfter
	// Breaker says when the endpoint is left alone for a while; nil is a Breaker of
	// 10 failures. After an answer of 429 or 503 it is left alone in any case, for
	// as long as it asks, or from one second to a minute.
	Breaker *Breaker
	// Concurrency is the most deliveries at a time; zero is 16. An endpoint has
	// fewer until it has answered some, after failures, and while most slots of
	// the engine are taken.
	Concurrency int
	// Rate is the most attempts that begin in a second, at an even pace; zero is no
	// limit. Where several nodes share a store, each has that rate of its own.
	Rate float64
	// Headers are sent with every attempt.
	Headers map[string]string
	// SecretHeaders are sent too, and shown nowhere.
	SecretHeaders map[string]Secret
	// Basic ("user:password") and Bearer are the credentials of every attempt, of
	// which the first that counts is sent. An endpoint has one of the two.
	Basic, Bearer []Secret
}

// Signing is one signature among several.
type Signing struct {
	// Sign names the pack that signs.
	Sign string
	// Settings fill the settings of the pack.
	Settings map[string]string
	// Secrets sign as those of an endpoint do.
	Secrets []Secret
}

// Subscription sends the events of a source to an endpoint.
type Subscription struct {
	// Name identifies the subscription; empty is "<source>-><endpoint>".
	Name string
	// Source is the name of the source, or [AppSource].
	Source string
	// Types are patterns of event types: "*" is everything, "a.*" any depth
	// below a. None is everything.
	Types []string
	// Transform names the guest that makes of an event what is sent; empty
	// sends it as it came.
	Transform string
	// Settings are what Transform finds in its context. They are no place for
	// secrets, which a guest is not to see.
	Settings map[string]string
	// Endpoint is the name of the endpoint.
	Endpoint string
	// OrderBy names what orders deliveries, such as "json.customer.id", "type" or
	// "source": those to an endpoint for which it is the same are sent one after
	// the other, in the order of their events, and one that fails holds up the
	// others until it is delivered, exhausted or canceled. An event that lacks it
	// is in no order. Empty orders nothing.
	OrderBy string
}

// Limits bound what the engine holds and waits for. A zero field means its
// default.
type Limits struct {
	// BytesInFlight bounds the bodies that are held at one time (64 MiB).
	BytesInFlight int64
	// Backlog stops [Engine.Handler] and [Engine.Publish] while the store holds that
	// many deliveries that are open, held ones among them. It goes on when a tenth
	// of them has ended. Zero is no limit.
	Backlog int64
	// FreeDisk stops them while the disk of the store has less bytes free, and goes
	// on at a quarter more. It is for stores that are [store.Disk], where it should
	// exceed what may come in within some seconds. Zero is no limit.
	FreeDisk int64
	// Deliveries is the most attempts at one time (512).
	Deliveries int
	// Lease is how long a delivery is taken for at a time (1 minute).
	Lease time.Duration
	// ShutdownGrace is how long running attempts may take to end (20 s).
	ShutdownGrace time.Duration
	// Guest bounds the calls of rules and transforms.
	Guest GuestLimits
}
