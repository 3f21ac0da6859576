package receive

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine/internal/identifier"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Intake receives webhooks for a set of sources. Its fields are set before the
// first request and not changed after it.
type Intake struct {
	Sources       map[string]*Source
	Subscriptions []Subscription
	Store         store.Store
	Budget        *Budget
	Logger        *slog.Logger
	// Observe is called once for each request, after the answer was decided.
	// The reason is empty for an accepted one.
	Observe func(source string, answer Answer, reason webhook.Reason, took time.Duration)
	// Accepted is called after an event was committed with deliveries.
	Accepted func()

	rings map[string]*ring
}

// Answer is the kind of answer that a request got.
type Answer string

// The answers.
const (
	AnswerAccepted    Answer = "accepted"
	AnswerDuplicate   Answer = "duplicate"
	AnswerRefused     Answer = "refused"
	AnswerChallenge   Answer = "challenge"
	AnswerUnavailable Answer = "unavailable"
)

// Prefix is the path below which sources are called.
const Prefix = "/in/"

// Prepare makes the intake ready to serve.
func (in *Intake) Prepare() {
	in.rings = map[string]*ring{}
	for name := range in.Sources {
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

// call is one request on its way through the intake.
type call struct {
	in     *Intake
	w      http.ResponseWriter
	r      *http.Request
	source *Source
	key    string
	name   string
	start  time.Time
}

// ServeHTTP answers POST /in/<source>[/<key>].
func (in *Intake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &call{in: in, w: w, r: r, start: time.Now()}
	name, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, Prefix), "/")
	c.name, c.key, c.source = name, key, in.Sources[name]
	if c.source == nil {
		c.name = ""
		c.refuse(http.StatusNotFound, webhook.UnknownSource, "", nil)
		return
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		c.refuse(http.StatusMethodNotAllowed, webhook.MethodNotAllowed, r.Method, nil)
		return
	}
	reader := &bodyReader{budget: in.Budget, limit: c.source.MaxBody}
	defer reader.release()
	body, err := reader.read(r)
	switch {
	case errors.Is(err, errTooLarge):
		w.Header().Set("Connection", "close")
		c.refuse(http.StatusRequestEntityTooLarge, webhook.BodyTooLarge, "limit is "+strconv.FormatInt(c.source.MaxBody, 10)+" bytes", nil)
	case errors.Is(err, errBusy):
		c.unavailable(err)
	case err != nil:
		c.refuse(http.StatusBadRequest, webhook.BodyTruncated, "the body ended early", nil)
	default:
		c.judge(body)
	}
}

func (c *call) judge(body []byte) {
	req := request(c.r, body, c.start)
	j, err := c.source.Judge(c.r.Context(), req, c.key, c.start)
	switch {
	case err != nil:
		c.unavailable(err)
		return
	case j.Outcome == webhook.Challenged:
		c.challenge(j.Reply)
		return
	case !j.Accepted():
		c.refuse(http.StatusUnauthorized, j.Reason, j.Detail, body)
		return
	}
	identity := c.source.identify(req, j)
	ev := webhook.Event{
		ID: identifier.NewEvent(), Source: c.name, ProviderID: identity.ID, Type: identity.Type,
		Time: c.start.UTC(), Header: c.source.redact(c.r.Header), Body: body,
		Secret: j.Secret, Candidate: j.Candidate, Covers: j.Covers,
	}
	if c.source.Pack != nil {
		ev.Provider = c.source.Pack.Provider.ID
	}
	// The event is committed even if the sender has gone: it may retry, and the
	// dedup key then recognises the repeat.
	ctx := context.WithoutCancel(c.r.Context())
	deliveries := Route(c.in.Subscriptions, &ev, ev.Time)
	// Where the signature covers the body, a repeat cannot have another one.
	var digest [sha256.Size]byte
	if !j.Covers.Has(webhook.CoversBody) {
		digest = sha256.Sum256(body)
	}
	receipt, err := c.in.Store.Accept(ctx, store.Acceptance{
		Event: ev, Deliveries: deliveries, DedupKey: identity.DedupKey, BodyDigest: digest,
	})
	switch {
	case err != nil:
		c.unavailable(err)
	case receipt.Duplicate && receipt.BodyDigest != digest:
		c.refuse(http.StatusConflict, webhook.IDConflict, "the identity belongs to event "+receipt.EventID+", which has another body", body)
	case receipt.Duplicate:
		c.in.Logger.Debug("webhook repeated", "source", c.name, "event", receipt.EventID)
		c.acknowledge(AnswerDuplicate)
	default:
		c.in.Logger.Debug("webhook accepted", "source", c.name, "event", ev.ID, "type", ev.Type, "deliveries", len(deliveries), "secret", j.Secret)
		if len(deliveries) > 0 {
			c.in.Accepted()
		}
		c.acknowledge(AnswerAccepted)
	}
}

// acknowledge answers as the provider demands, for a repeat as for the first.
func (c *call) acknowledge(answer Answer) {
	status, contentType, body := http.StatusAccepted, "", ""
	if c.source.Pack != nil {
		ack := c.source.Pack.Provider.Ack
		if ack.Status != 0 {
			status = ack.Status
		}
		contentType, body = ack.Type, ack.Body
	}
	c.answer(status, contentType, body)
	c.observe(answer, "")
}

func (c *call) challenge(reply *webhook.Challenge) {
	c.w.Header().Set("X-Content-Type-Options", "nosniff")
	c.answer(reply.Status, reply.ContentType, string(reply.Body))
	c.observe(AnswerChallenge, "")
}

// refuse tells the sender the reason and nothing more.
func (c *call) refuse(status int, reason webhook.Reason, detail string, body []byte) {
	text, err := json.Marshal(map[string]webhook.Reason{"reason": reason})
	if err != nil {
		c.unavailable(err)
		return
	}
	if c.source != nil {
		c.in.rings[c.name].add(Refusal{
			At: c.start.UTC(), Source: c.name, Reason: reason, Detail: detail,
			Method: c.r.Method, Header: c.source.redact(c.r.Header), Body: body,
		})
	}
	level := slog.LevelInfo
	if c.source == nil {
		level = slog.LevelDebug // anybody can call a path that does not exist
	}
	c.in.Logger.Log(c.r.Context(), level, "webhook refused", "source", c.name, "reason", string(reason), "detail", detail, "remote", c.r.RemoteAddr)
	c.answer(status, "application/json", string(text)+"\n")
	c.observe(AnswerRefused, reason)
}

// unavailable asks the sender to try again: nothing was decided or stored.
func (c *call) unavailable(err error) {
	c.in.Logger.Error("webhook could not be taken", "source", c.name, "error", err)
	c.w.Header().Set("Retry-After", "5")
	c.answer(http.StatusServiceUnavailable, "application/json", "{\"error\":\"unavailable\"}\n")
	c.observe(AnswerUnavailable, "")
}

func (c *call) answer(status int, contentType, body string) {
	h := c.w.Header()
	if contentType != "" {
		h.Set("Content-Type", contentType)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	c.w.WriteHeader(status)
	if body != "" {
		// A sender that has gone needs no answer.
		_, _ = c.w.Write([]byte(body))
	}
}

func (c *call) observe(answer Answer, reason webhook.Reason) {
	if c.in.Observe != nil {
		c.in.Observe(c.name, answer, reason, time.Since(c.start))
	}
}
