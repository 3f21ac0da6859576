package receive

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/webhook"
)

// call is one request on its way to an answer.
type call struct {
	in     *Intake
	w      http.ResponseWriter
	r      *http.Request
	source *Source
	// name is the source's, empty for one that is not known.
	name     string
	key      string
	statuses Statuses
	start    time.Time
	// judgement is what was decided, once it was.
	judgement catalog.Judgement
	// asked is set where a proxy asks about a request that it holds.
	asked *Asked
	// span is nil where nobody follows the request.
	span *span
	// byMethod says that events come by their methods alone.
	byMethod bool
}

func (in *Intake) call(w http.ResponseWriter, r *http.Request, name, key string) *call {
	c := &call{in: in, w: w, r: r, key: key, source: in.Sources[name], start: time.Now()}
	if c.source != nil {
		c.name, c.statuses = name, c.source.Statuses
	}
	c.statuses = c.statuses.withDefaults()
	c.beginSpan()
	return c
}

// admit reads and judges the request. It returns false once the request has been
// answered. What it lets pass is accepted, or marked as unverified by a source
// that does not enforce.
func (c *call) admit(body *Body) (*webhook.Request, catalog.Judgement, bool) {
	if c.source == nil {
		c.refuse(http.StatusNotFound, webhook.UnknownSource, "", nil)
		return nil, catalog.Judgement{}, false
	}
	if c.outside() || c.limited() {
		return nil, catalog.Judgement{}, false
	}
	unread := c.r.Body
	data, err := body.Read(c.r)
	// After the body, since its trailer may hold the verdict header too.
	Unmark(c.r)
	if err != nil {
		// By the type of an unread body net/http knows to wait with closing the
		// connection, so that the sender reads our answer before a reset.
		c.r.Body = unread
		c.refuseUnread(err)
		return nil, catalog.Judgement{}, false
	}
	req := c.source.Origin.Request(c.r, c.asked, data, c.start)
	req.Key = c.key
	j, err := c.source.Judge(c.r.Context(), req, c.start)
	c.judgement = j
	switch {
	case err != nil:
		c.unavailable(err)
	case j.Outcome == webhook.Challenged:
		c.challenge(j.Verdict)
	case j.Handshake:
		c.refuse(c.statuses.Refused, j.Reason, j.Detail, data)
	case c.byMethod && !slices.Contains(c.source.eventMethods(), req.Method):
		c.refuseMethod()
	case !j.Accepted() && !c.source.Shadow:
		c.refuse(c.statuses.Refused, j.Reason, j.Detail, data)
	default:
		if !j.Accepted() {
			c.record("webhook would be refused", j.Reason, j.Detail, data)
		} else if j.Detail != "" {
			c.in.Logger.Warn("webhook accepted", "source", c.name, "detail", j.Detail)
		}
		return req, j, true
	}
	return nil, catalog.Judgement{}, false
}

// refuseUnread answers a request whose body could not be had.
func (c *call) refuseUnread(err error) {
	switch {
	case errors.Is(err, ErrBodyTooLarge):
		c.w.Header().Set("Connection", "close")
		c.refuse(c.statuses.TooLarge, webhook.BodyTooLarge, err.Error(), nil)
	case errors.Is(err, errBusy):
		c.unavailable(err)
	default:
		c.refuse(c.statuses.Incomplete, webhook.BodyTruncated, err.Error(), nil)
	}
}

// passed is the answer that a request which admit let pass is counted under.
func passed(j catalog.Judgement) Answer {
	if j.Accepted() {
		return AnswerAccepted
	}
	return AnswerShadow
}

// challenge answers as the provider expects. A proxy that asks would take a
// success for leave to go on, so that it is refused, with the answer to hand
// back.
func (c *call) challenge(v webhook.Verdict) {
	status := v.Reply.Status
	if c.asked != nil {
		c.w.Header().Set(webhook.VerdictHeader, mark(c.name, v)+"; status="+strconv.Itoa(status))
		status = c.statuses.Refused
	}
	for name, values := range v.Reply.Header {
		c.w.Header()[name] = slices.Clone(values)
	}
	c.w.Header().Set("X-Content-Type-Options", "nosniff")
	c.w.Header().Set("Cache-Control", "no-store")
	if v.Detail != "" {
		c.in.Logger.Info("challenge answered", "source", c.name, "detail", v.Detail)
	}
	c.answer(status, v.Reply.ContentType, string(v.Reply.Body))
	c.observe(AnswerChallenge, v)
}

// refuse tells the sender the reason and nothing more.
func (c *call) refuse(status int, reason webhook.Reason, detail string, body []byte) {
	text, err := json.Marshal(map[string]webhook.Reason{"reason": reason})
	if err != nil {
		c.unavailable(err)
		return
	}
	c.record("webhook refused", reason, detail, body)
	if c.source != nil && c.source.Pack != nil && c.source.Pack.Provider.Ack.Quiet {
		c.answer(status, "", "")
	} else {
		c.answer(status, "application/json", string(text)+"\n")
	}
	c.observe(AnswerRefused, webhook.Rejected(reason, detail))
}

// record keeps and logs a refusal.
func (c *call) record(what string, reason webhook.Reason, detail string, body []byte) {
	detail = clip(detail, 300)
	level := slog.LevelInfo
	if c.source == nil {
		level = slog.LevelDebug // anybody can call a path that does not exist
	} else {
		c.in.rings[c.name].add(Refusal{
			At: c.start.UTC(), Source: c.name, Reason: reason, Detail: detail,
			Method: clip(c.r.Method, 32), Header: c.source.redact(c.r.Header, c.judgement), Body: body,
		})
	}
	c.in.Logger.Log(c.r.Context(), level, what, "source", c.name, "reason", string(reason), "detail", detail, "remote", c.r.RemoteAddr)
}

// clip bounds text that a sender may have chosen.
func clip(text string, most int) string {
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}

// unavailable asks the sender to try again: nothing was decided or stored.
func (c *call) unavailable(err error) {
	c.in.Logger.Error("webhook could not be taken", "source", c.name, "error", err)
	Unavailable(c.w, c.statuses.Unavailable)
	c.observe(AnswerUnavailable, webhook.Verdict{})
}

// Unavailable answers that the sender should try again.
func Unavailable(w http.ResponseWriter, status int) {
	w.Header().Set("Retry-After", "5")
	answer(w, status, "application/json", "{\"error\":\"unavailable\"}\n")
}

// acknowledge answers as the provider demands, for a repeat as for the first.
func (c *call) acknowledge() {
	status, contentType, body := http.StatusAccepted, "", ""
	if c.source.Pack != nil {
		ack := c.source.Pack.Provider.Ack
		if ack.Status != 0 {
			status = ack.Status
		}
		contentType, body = ack.Type, ack.Body
	}
	c.answer(status, contentType, body)
}

func (c *call) answer(status int, contentType, body string) {
	answer(c.w, status, contentType, body)
}

func answer(w http.ResponseWriter, status int, contentType, body string) {
	h := w.Header()
	if contentType != "" {
		h.Set("Content-Type", contentType)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if body != "" {
		// A sender that has gone needs no answer.
		_, _ = w.Write([]byte(body))
	}
}

func (c *call) observe(answer Answer, v webhook.Verdict) {
	c.endSpan(answer, v.Reason)
	if c.in.Observe != nil {
		c.in.Observe(Reception{
			Source: c.name, Answer: string(answer), Reason: v.Reason, Secret: v.Secret, Took: time.Since(c.start),
		})
	}
}
