package receive

import (
	"net/http"
	"strings"

	"github.com/hookseal/hookseal/engine/webhook"
)

// Asked says how a proxy describes the request that it asks about.
type Asked struct {
	// Prefix is what the proxy puts before the request-target.
	Prefix string
	// TargetHeader and MethodHeader name the headers that carry the
	// request-target and the method; empty reads none.
	TargetHeader, MethodHeader string
}

// Ask judges the request that a proxy describes in a sub-request, and answers
// 200 if it passes.
func (in *Intake) Ask(w http.ResponseWriter, r *http.Request, source string, asked *Asked) {
	c := in.call(w, r, source, r.PathValue("key"))
	c.asked = asked
	body := in.body(c.source)
	defer body.Release()
	if _, j, ok := c.admit(body); ok {
		w.Header().Set(webhook.VerdictHeader, mark(source, j.Verdict))
		c.answer(http.StatusOK, "", "")
		c.observe(passed(j), j.Verdict)
	}
}

// apply makes req the request that is asked about. Its headers count only from
// a trusted proxy: whoever else calls can write them.
func (a *Asked) apply(req *webhook.Request, trusted bool) {
	// The prefix ends where a path segment does.
	if rest, found := strings.CutPrefix(req.Target, strings.TrimSuffix(a.Prefix, "/")); found && strings.HasPrefix(rest, "/") {
		req.Target = rest
	}
	if !trusted {
		return
	}
	if target := only(req.Header, a.TargetHeader); target != "" {
		req.Target = pathAndQuery(target)
	}
	if method := only(req.Header, a.MethodHeader); method != "" {
		req.Method = method
	}
}

// only returns the value of a header that came once.
func only(h http.Header, name string) string {
	if values := h[http.CanonicalHeaderKey(name)]; name != "" && len(values) == 1 {
		return values[0]
	}
	return ""
}
