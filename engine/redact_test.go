package engine_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// tokenCatalog returns a catalog with a provider whose rule compares a token.
func tokenCatalog(t *testing.T) *catalog.Catalog {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "tok")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	const toml = "name = \"N\"\ndocs = \"https://example.com\"\nproof = \"document\"\n[scheme]\nrule = \"rule.native\"\nalgorithms = \"token\"\n"
	for name, text := range map[string]string{"provider.toml": toml, "rule.native": "rule"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return catalog.Builtin().WithOverlay(filepath.Dir(dir))
}

// A token that a rule compares is stored and kept nowhere, and the rule does not
// see the credential that the source itself demands.
func TestTokenOfARuleIsRedacted(t *testing.T) {
	loader := &nativeLoader{claim: func(req *webhook.Request) *webhook.Claim {
		if req.Header.Get("X-Api-Key") != "" {
			t.Error("the rule sees the source's credential")
		}
		if req.Header.Get("X-Token") == "" {
			return &webhook.Claim{Refused: webhook.SignatureMissing}
		}
		return &webhook.Claim{AnyOf: []webhook.Alternative{{AllOf: []webhook.Check{{
			Algorithm: webhook.Token,
			Signatures: []webhook.Signature{{
				Text: req.Header.Get("X-Token"), Encodings: []webhook.Encoding{webhook.RawText},
				Origin: webhook.Origin{Kind: webhook.SignatureOrigin, Name: "X-Token\tstrip"},
			}},
		}}}}}
	}}
	eng := open(t, engine.Config{
		Sources: map[string]engine.Source{"s": {
			Provider: "tok", Secrets: webhook.Secrets{key(t, "topsecret")}, AllowUncoveredBody: true,
			Header: "X-Api-Key", HeaderTokens: []webhook.Secret{key(t, "topsecretapikey")},
		}},
		Catalog: tokenCatalog(t), Guests: []engine.GuestLoader{loader}, Store: openStore(t),
	})
	for i, header := range []http.Header{
		{"X-Token": {"topsecret"}}, {"X-Token": {"topsecret "}}, {"X-Other": {"topsecret"}},
	} {
		header.Set("X-Api-Key", "topsecretapikey")
		post(t, eng.Handler(), "/in/s", &webhook.Request{Header: header, Body: fmt.Appendf(nil, "body %d", i)})
	}
	events, err := eng.Store().Events(t.Context(), store.EventQuery{Limit: 10})
	if err != nil || len(events) != 1 {
		t.Fatalf("%d events, %v; want 1", len(events), err)
	}
	refusals := eng.Refusals("s")
	if len(refusals) != 2 {
		t.Fatalf("%d refusals, want 2", len(refusals))
	}
	if text := fmt.Sprint(events, refusals); strings.Contains(text, "topsecret") {
		t.Errorf("a token is kept: %s", text)
	}
}

// A publication under a used key with another body is not lost in silence.
func TestPublishOtherBody(t *testing.T) {
	eng := open(t, engine.Config{Store: openStore(t)})
	p := engine.Publication{Type: "a", Body: []byte("1"), Key: "k"}
	first, err := eng.Publish(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	p.Body = []byte("2")
	if id, err := eng.Publish(t.Context(), p); id != first || !errors.Is(err, engine.ErrKeyConflict) {
		t.Errorf("Publish = %q, %v; want %q, ErrKeyConflict", id, err, first)
	}
}

// What a sender chose is bounded where it is kept and logged.
func TestRefusalsAreBounded(t *testing.T) {
	eng := open(t, engine.Config{Sources: map[string]engine.Source{"hub": hub(t)}, Store: openStore(t)})
	r := httptest.NewRequest(http.MethodPut, "/in/hub", nil)
	r.Method = strings.Repeat("A", 60_000)
	eng.Handler().ServeHTTP(httptest.NewRecorder(), r)
	for _, r := range eng.Refusals("hub") {
		if len(r.Method) > 100 || len(r.Detail) > 400 {
			t.Errorf("a refusal keeps %d bytes of method and %d of detail", len(r.Method), len(r.Detail))
		}
	}
	if len(eng.Refusals("hub")) != 1 {
		t.Error("the refusal is not kept")
	}
}
