package receive

import (
	"bufio"
	"context"
	"net"
	"net/http"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Guard judges a request for a source, and has next answer it if it passes: with
// the same body, the verdict header, and the verdict in its context.
func (in *Intake) Guard(w http.ResponseWriter, r *http.Request, source string, next http.Handler) {
	c := in.call(w, r, source, r.PathValue("key"))
	body := in.body(c.source)
	defer body.Release()
	req, j, ok := c.admit(body)
	if !ok {
		return
	}
	passOn := func(w http.ResponseWriter) {
		r.Header[webhook.VerdictHeader] = []string{mark(source, j.Verdict)}
		next.ServeHTTP(w, r.WithContext(context.WithValue(c.context(), verdictKey{}, &j.Verdict)))
	}
	if c.in.Store == nil || !j.Accepted() {
		c.observe(passed(j), j.Verdict)
		passOn(w)
		return
	}
	c.once(req, j, passOn)
}

// once passes a request on unless an earlier one of the same identity has
// succeeded. Of several at one time one is passed on, and the others wait for
// what comes of it.
func (c *call) once(req *webhook.Request, j catalog.Judgement, passOn func(http.ResponseWriter)) {
	ev, identity := c.event(req, j)
	if identity.DedupKey == "" {
		c.observe(AnswerAccepted, j.Verdict)
		passOn(c.w)
		return
	}
	ev.Header = ev.Header.Clone() // the application may change those of the request
	a := store.Acceptance{Event: ev, DedupKey: identity.DedupKey, BodyDigest: digestOf(req.Body, j)}
	key := c.name + "\x00" + a.DedupKey
	earlier, repeat, err := c.in.Repeats.begin(c.r.Context(), key)
	switch {
	case err != nil:
		c.unavailable(err)
		return
	case repeat:
		c.repeated(earlier.event, earlier.digest == a.BodyDigest, req.Body, j)
		return
	}
	succeeded := false
	defer func() { c.in.Repeats.end(key, earlier, succeeded) }()
	earlier, succeeded = c.unlessKept(a, j, passOn)
}

// unlessKept passes a request on unless the store keeps its key, which goes back
// further than memory does. It returns what to remember, or false if the request
// has not succeeded.
func (c *call) unlessKept(a store.Acceptance, j catalog.Judgement, passOn func(http.ResponseWriter)) (success, bool) {
	receipt, kept, err := c.in.Store.Lookup(c.r.Context(), c.name, a.DedupKey)
	switch {
	case err != nil:
		c.unavailable(err)
		return success{}, false
	case kept:
		c.repeated(receipt.EventID, receipt.BodyDigest == a.BodyDigest, a.Event.Body, j)
		return successOf(receipt), true
	}
	c.observe(AnswerAccepted, j.Verdict)
	answered := &answerWriter{ResponseWriter: c.w}
	passOn(answered)
	if !answered.success() {
		return success{}, false
	}
	return c.keep(a), true
}

// keep commits the event that the application has taken, so that its key is
// known, and returns what to remember. The sender has its answer: what fails
// here costs at most a repeat.
func (c *call) keep(a store.Acceptance) success {
	receipt, err := c.in.Store.Accept(context.WithoutCancel(c.r.Context()), a)
	switch {
	case err != nil:
		c.in.Logger.Error("webhook was taken by the application and could not be kept", "source", c.name, "error", err)
		return success{event: a.Event.ID, digest: a.BodyDigest}
	case receipt.Duplicate:
		c.in.Logger.Info("webhook was taken by the application and elsewhere at the same time", "source", c.name, "event", receipt.EventID)
	}
	return successOf(receipt)
}

// answerWriter sees with which status a handler answers.
type answerWriter struct {
	http.ResponseWriter
	status   int
	hijacked bool
}

// success reports whether the answer is 2xx. A handler that writes nothing has
// answered 200.
func (w *answerWriter) success() bool {
	return !w.hijacked && (w.status == 0 || w.status >= 200 && w.status <= 299)
}

// WriteHeader notes the first status that is final.
func (w *answerWriter) WriteHeader(status int) {
	if w.status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Flush implements [http.Flusher].
func (w *answerWriter) Flush() {
	// An error is that the writer below cannot, as with any other.
	_ = http.NewResponseController(w.ResponseWriter).Flush()
}

// Hijack implements [http.Hijacker]. What is answered is then unknown, which is
// no success.
func (w *answerWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	w.hijacked = w.hijacked || err == nil
	return conn, rw, err
}

// Unwrap lets [http.ResponseController] reach the writer below.
func (w *answerWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
