package engine_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// pitfall is a mistake that verifiers of others have made, with a test which
// shows that it is not made here.
type pitfall struct {
	number int
	title  string
	test   func(t *testing.T)
}

// pitfallCount is how many there are.
const pitfallCount = 56

func pitfalls() []pitfall {
	return slices.Concat(pitfallsOfSecrets(), pitfallsOfSignatures(), pitfallsOfTimes(), pitfallsOfBodies(),
		pitfallsOfURLs(), pitfallsOfHeaders(), pitfallsOfCoverage(), pitfallsOfHandshakes(), pitfallsOfKeys(), pitfallsOfTokens(), pitfallsOfOrigins())
}

func TestPitfalls(t *testing.T) {
	for _, p := range pitfalls() {
		t.Run(fmt.Sprintf("%02d %s", p.number, p.title), p.test)
	}
}

// Every pitfall has one test.
func TestEveryPitfallHasATest(t *testing.T) {
	tests := map[int]int{}
	for _, p := range pitfalls() {
		tests[p.number]++
		if p.title == "" || p.test == nil {
			t.Errorf("pitfall %d has no title or no test", p.number)
		}
	}
	for n := range pitfallCount {
		if tests[n+1] != 1 {
			t.Errorf("pitfall %d has %d tests, want 1", n+1, tests[n+1])
		}
	}
	if len(tests) != pitfallCount {
		t.Errorf("%d pitfalls have tests, want %d", len(tests), pitfallCount)
	}
}

// accepted is what a request that is taken comes to, in the place of a reason.
const accepted = webhook.Reason("accepted")

// gate is a source "in" of an engine, which is asked in each of the ways in which
// requests come.
type gate struct {
	t                    *testing.T
	eng                  *engine.Engine
	intake, guard, asked http.Handler
	// passed counts the requests that reached the application.
	passed int
	// covers is what the verdict header of the last one says.
	covers string
	// remote is the address that requests come from, a documentation address
	// where it is empty.
	remote string
}

// gateOf puts up a source. Repeats are let through, so that one request can be
// asked about several times.
func gateOf(t *testing.T, c engine.Config, s engine.Source) *gate {
	t.Helper()
	s.Dedup = "off"
	c.Sources = map[string]engine.Source{"in": s}
	g := &gate{t: t}
	guarding := open(t, c)
	g.guard = guarding.Middleware("in")(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { g.passed++ }))
	g.asked = guarding.AuthHandler("in", engine.AuthRequest{})
	c.Store = openStore(t)
	g.eng = open(t, c)
	g.intake = g.eng.Handler()
	return g
}

// gateTo is a gate to a provider that ships, with one secret.
func gateTo(t *testing.T, provider, secret string) *gate {
	t.Helper()
	return gateOf(t, engine.Config{}, engine.Source{Provider: provider, Secrets: webhook.Secrets{key(t, secret)}, AllowUncoveredBody: true})
}

// gateBy is a gate to a provider of the pack, whose secret is "key".
func gateBy(t *testing.T, pack string) *gate {
	t.Helper()
	return gateOf(t, engine.Config{Catalog: packOf(t, pack)}, engine.Source{Provider: "vendor", Secrets: webhook.Secrets{key(t, "key")}, AllowUncoveredBody: true})
}

// post sends a body with header fields, given as names and values in turn, and
// returns how it was judged.
func (g *gate) post(body string, header ...string) webhook.Reason {
	g.t.Helper()
	return g.send("POST", "/in/in", body, header...)
}

// send asks the intake, a middleware and a proxy's sub-request, which must agree.
// What is refused must leave no event behind and not reach the application.
func (g *gate) send(method, target, body string, header ...string) webhook.Reason {
	g.t.Helper()
	before, passed := g.stored(), g.passed
	verdict := g.ask(g.intake, method, target, body, header)
	for name, h := range map[string]http.Handler{"middleware": g.guard, "sub-request": g.asked} {
		if other := g.ask(h, method, target, body, header); other != verdict {
			g.t.Errorf("the intake says %q, the %s %q", verdict, name, other)
		}
	}
	want := 0
	if verdict == accepted {
		want = 1
	}
	if stored, reached := g.stored()-before, g.passed-passed; stored != want || reached != want {
		g.t.Errorf("%s: %d events stored and %d requests passed on, want %d", verdict, stored, reached, want)
	}
	return verdict
}

func (g *gate) ask(h http.Handler, method, target, body string, header []string) webhook.Reason {
	g.t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if g.remote != "" {
		r.RemoteAddr = g.remote
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if verdict := w.Header().Get(engine.VerdictHeader); verdict != "" {
		_, g.covers, _ = strings.Cut(verdict, "covers=")
	}
	switch {
	case w.Code >= 200 && w.Code <= 299:
		return accepted
	case w.Code != http.StatusUnauthorized:
		return webhook.Reason(fmt.Sprintf("%d %s", w.Code, strings.TrimSpace(w.Body.String())))
	}
	return answeredReason(g.t, w)
}

func (g *gate) stored() int {
	g.t.Helper()
	found, err := g.eng.Store().Events(g.t.Context(), store.EventQuery{Limit: 1 << 16})
	if err != nil {
		g.t.Fatal(err)
	}
	return len(found)
}

// want reports a verdict that is not the one expected.
func want(t *testing.T, what string, got, want webhook.Reason) {
	t.Helper()
	if got != want {
		t.Errorf("%.80q is judged %q, want %q", what, got, want)
	}
}

// refused reports a request that is taken or that is answered with another status
// than 401.
func refused(t *testing.T, what string, got webhook.Reason) {
	t.Helper()
	if !slices.Contains(webhook.Reasons(), got) {
		t.Errorf("%.80q is judged %q, want a refusal", what, got)
	}
}
