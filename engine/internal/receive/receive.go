package receive

import (
	"context"
	"crypto/sha256"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/internal/identifier"
	"github.com/hookseal/hookseal/engine/internal/rate"
	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Intake receives webhooks for a set of sources. Its fields are set before the
// first request and not changed after it.
type Intake struct {
	Sources       map[string]*Source
	Subscriptions []Subscription
	// Store keeps events; nil keeps nothing.
	Store  store.Store
	Budget *Budget
	// Gate stops what would be stored; nil never does.
	Gate *Gate
	// Repeats knows what was let through before.
	Repeats *Repeats
	Logger  *slog.Logger
	// Tracer follows requests; nil follows none.
	Tracer webhook.Tracer
	// Observe is called once for each request, after the answer was decided.
	Observe func(Reception)

	rings    map[string]*ring
	strays   *strays
	routes   *routes
	limiters map[string]*rate.Limiter
}

// Reception is one request that was answered.
type Reception struct {
	Source string
	Answer string
	Reason webhook.Reason
	Secret string
	Took   time.Duration
}

// Answer is the kind of answer that a request got.
type Answer string

// The answers.
const (
	AnswerAccepted    Answer = "accepted"
	AnswerDuplicate   Answer = "duplicate"
	AnswerShadow      Answer = "shadow"
	AnswerRefused     Answer = "refused"
	AnswerChallenge   Answer = "challenge"
	AnswerUnavailable Answer = "unavailable"
	// AnswerLimited: the source is called too often.
	AnswerLimited Answer = "limited"
	// AnswerStopped: the intake has stopped.
	AnswerStopped Answer = "stopped"
)

// Prefix is the path below which sources are called.
const Prefix = "/in/"

// Prepare makes the intake ready to serve. Sources that before has keep the
// refusals that it keeps for them, and what is left of their rates; before is nil
// for the first intake.
func (in *Intake) Prepare(before *Intake) {
	in.limit(before)
	in.strays = &strays{}
	if before != nil {
		in.strays = before.strays
	}
	in.routes = newRoutes(in.Subscriptions)
	in.rings = map[string]*ring{}
	for name := range in.Sources {
		if before != nil && before.rings[name] != nil {
			in.rings[name] = before.rings[name]
			continue
		}
		in.rings[name] = &ring{}
	}
}

// Refusals returns the latest refusals of a source, newest first.
func (in *Intake) Refusals(source string) []Refusal {
	if r := in.rings[source]; r != nil {
		return r.list()
	}
	return nil
}

// ServeHTTP answers POST /in/<source>[/<key>], and the other methods by which a
// provider sends events or challenges.
func (in *Intake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, Prefix), "/")
	c := in.call(w, r, name, key)
	switch {
	case c.source == nil:
		c.stray(name)
	case !slices.Contains(c.source.methods(), r.Method):
		c.refuseMethod()
		return
	}
	if c.stopped() {
		return
	}
	c.byMethod = true
	body := in.body(c.source)
	defer body.Release()
	if req, j, ok := c.admit(body); ok {
		c.commit(req, j)
	}
}

func (in *Intake) body(s *Source) *Body {
	b := &Body{Budget: in.Budget}
	if s != nil {
		b.Limit = s.MaxBody
	}
	return b
}

// commit stores what was let pass as an event, with its deliveries, and answers
// once that is durable.
func (c *call) commit(req *webhook.Request, j catalog.Judgement) {
	ev, identity := c.event(req, j)
	deliveries := c.in.Route(&ev, ev.Time)
	if len(deliveries) > 0 {
		// A delivery may begin before we return; whoever is around us may change
		// the request's header once we have.
		ev.Header = ev.Header.Clone()
	}
	// The event is committed even if the sender has gone: it may retry, and the
	// dedup key then recognises the repeat.
	ctx := context.WithoutCancel(c.r.Context())
	digest := digestOf(req.Body, j)
	receipt, err := c.in.Store.Accept(ctx, store.Acceptance{
		Event: ev, Deliveries: deliveries, DedupKey: identity.DedupKey, BodyDigest: digest,
	})
	switch {
	case err != nil:
		c.unavailable(err)
	case receipt.Duplicate:
		c.repeated(receipt.EventID, receipt.BodyDigest == digest, req.Body, j)
	default:
		c.in.Logger.Debug("webhook accepted", "source", c.name, "event", ev.ID, "type", ev.Type, "deliveries", len(deliveries), "secret", j.Secret)
		c.acknowledge()
		c.observe(passed(j), j.Verdict)
	}
}

// repeated answers a request whose identity is that of an earlier event.
func (c *call) repeated(event string, sameBody bool, body []byte, j catalog.Judgement) {
	if !sameBody {
		c.refuse(http.StatusConflict, webhook.IDConflict, "the identity belongs to event "+event+", which has another body", body)
		return
	}
	c.in.Logger.Debug("webhook repeated", "source", c.name, "event", event)
	c.acknowledge()
	c.observe(AnswerDuplicate, j.Verdict)
}

// event makes an event of a request. One that was not accepted says so in its
// verdict header, and has no dedup key: a forgery must not stand in the way of
// the event that it imitates.
func (c *call) event(req *webhook.Request, j catalog.Judgement) (webhook.Event, scheme.Identity) {
	identity := c.source.identify(req, j)
	ev := webhook.Event{
		ID: identifier.NewEvent(), Source: c.name, ProviderID: identity.ID, Type: identity.Type,
		Time: c.start.UTC(), Header: c.traced(c.source.redact(req.Header, j)), Body: req.Body,
		Secret: j.Secret, Candidate: j.Candidate, Covers: j.Covers,
	}
	if c.source.Pack != nil {
		ev.Provider = c.source.Pack.Provider.ID
	}
	c.noteEvent(&ev)
	if !j.Accepted() {
		identity.DedupKey = ""
		ev.Header = ev.Header.Clone()
		ev.Header.Set(webhook.VerdictHeader, mark(c.name, j.Verdict))
	}
	return ev, identity
}

// digestOf is the digest by which a repeat is told from a conflict. Where the
// signature covers the body, a repeat cannot have another one.
func digestOf(body []byte, j catalog.Judgement) [sha256.Size]byte {
	if j.Covers.Has(webhook.CoversBody) {
		return [sha256.Size]byte{}
	}
	return sha256.Sum256(body)
}
