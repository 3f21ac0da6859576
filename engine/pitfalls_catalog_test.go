package engine_test

import (
	"bytes"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/script"
	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi/host"
)

// everyGuest loads the rules of all packs.
func everyGuest() []engine.GuestLoader {
	return []engine.GuestLoader{script.Loader{}, host.Loader{}}
}

// openVectors opens a built-in pack, with its vectors in the order of their times.
func openVectors(t *testing.T, provider string) (*catalog.Pack, []catalog.Vector) {
	t.Helper()
	pack, err := catalog.Builtin().Open(t.Context(), provider, catalog.Options{Loaders: everyGuest()})
	if err != nil {
		t.Fatal(err)
	}
	vectors, err := pack.Vectors()
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(vectors, func(a, b catalog.Vector) int { return a.At.Compare(b.At) })
	return pack, vectors
}

// eachVector shows the function the vectors of every pack in the order of their
// times, within a clock of their own, until it returns true.
func eachVector(t *testing.T, show func(t *testing.T, provider string, v catalog.Vector) bool) {
	t.Helper()
	for _, provider := range catalog.Builtin().Names() {
		t.Run(provider, func(t *testing.T) {
			_, vectors := openVectors(t, provider)
			synctest.Test(t, func(t *testing.T) {
				for _, v := range vectors {
					if v.At.After(time.Now()) && show(t, provider, v) {
						return
					}
				}
			})
		})
	}
}

// judgeVector sends the request of a vector at its time to a middleware.
func judgeVector(t *testing.T, provider string, v catalog.Vector, secrets webhook.SecretSource) webhook.Reason {
	t.Helper()
	time.Sleep(time.Until(v.At))
	var tokens []webhook.Secret
	for _, text := range v.Tokens {
		tokens = append(tokens, key(t, text))
	}
	req := v.HTTP()
	settings := settingsOf(t, provider, v.Settings)
	eng, err := engine.Open(engine.Config{Guests: everyGuest(), Sources: map[string]engine.Source{"in": {
		Provider: provider, Secrets: secrets, Settings: settings, VerifyTokens: tokens, AllowUncoveredBody: true,
		PublicURL: req.Scheme + "://" + req.Host + req.Path(),
	}}})
	if err != nil {
		t.Fatal(err)
	}
	defer eng.Close()
	target := "/in/in"
	if query := req.RawQuery(); query != "" {
		target += "?" + query
	}
	r := httptest.NewRequest(req.Method, target, bytes.NewReader(req.Body))
	r.Header = req.Header
	w := httptest.NewRecorder()
	passed := false
	eng.Middleware("in")(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { passed = true })).ServeHTTP(w, r)
	switch refusals := eng.Refusals("in"); {
	case passed:
		return accepted
	case w.Code != http.StatusUnauthorized || len(refusals) != 1:
		t.Errorf("%s: answered %d with %d refusals, want 401 and one", v.Name, w.Code, len(refusals))
		return ""
	default:
		return refusals[0].Reason // Xero wants no body, and so no reason in it
	}
}

// settingsOf are the settings of a vector, and something for those that a source
// must give and the vector does not need.
func settingsOf(t *testing.T, provider string, given map[string]string) map[string]string {
	t.Helper()
	pack, err := catalog.Builtin().Open(t.Context(), provider, catalog.Options{Loaders: everyGuest()})
	if err != nil {
		t.Fatal(err)
	}
	settings := map[string]string{}
	for name, def := range pack.Provider.Settings {
		if settings[name] = def.Default; def.Default == "" {
			settings[name] = "-"
		}
	}
	maps.Copy(settings, given)
	return settings
}

// wrongSignatures sends a request with a wrong signature to every provider.
func wrongSignatures(t *testing.T) {
	tried := 0
	eachVector(t, func(t *testing.T, provider string, v catalog.Vector) bool {
		if v.Expect.Reason != webhook.SignatureMismatch || len(v.Secrets) == 0 {
			return false
		}
		tried++
		var secrets webhook.Secrets
		for _, text := range v.Secrets {
			secrets = append(secrets, key(t, text))
		}
		if got := judgeVector(t, provider, v, secrets); got != webhook.SignatureMismatch {
			t.Errorf("%s: judged %q, want signature_mismatch", v.Name, got)
		}
		return true
	})
	if names := catalog.Builtin().Names(); tried != len(names) {
		t.Errorf("%d wrong signatures were tried with %d packs, want one for each", tried, len(names))
	}
}

// outsideProofs demands of every pack a proof that our own signer had no part in:
// what is published, a library of the vendor, or a computation by other code.
func outsideProofs(t *testing.T) {
	tried := 0
	eachVector(t, func(t *testing.T, provider string, v catalog.Vector) bool {
		if v.Expect.Outcome != webhook.Accept.String() || !outside(v.Source) {
			return false
		}
		tried++
		var secrets webhook.Secrets
		for _, text := range v.Secrets {
			secrets = append(secrets, key(t, text))
		}
		if got := judgeVector(t, provider, v, secrets); got != accepted {
			t.Errorf("%s (%s): judged %q, want accepted", v.Name, v.Source, got)
		}
		return true
	})
	if names := catalog.Builtin().Names(); tried != len(names) {
		t.Errorf("%d packs of %d have a request that others have signed", tried, len(names))
	}
}

// outside reports whether a vector says that its signature was made elsewhere.
func outside(source string) bool {
	return strings.HasPrefix(source, "published: ") || strings.Contains(source, "Node.js") || strings.Contains(source, "OpenSSL") || strings.HasPrefix(source, "vendor")
}
