package engine_test

import (
	"fmt"
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
)

var rulesOnly = []webhook.GuestLoader{script.Loader{}}

// vectorOf is one of a pack's vectors.
func vectorOf(t *testing.T, provider, name string) catalog.Vector {
	t.Helper()
	_, vectors := openVectors(t, provider)
	i := slices.IndexFunc(vectors, func(v catalog.Vector) bool { return v.Name == name })
	if i < 0 {
		t.Fatalf("%s has no vector %s", provider, name)
	}
	return vectors[i]
}

// keyList answers with a document, and keeps where it was asked for it.
type keyList struct {
	document string
	asked    []string
}

func (k *keyList) RoundTrip(r *http.Request) (*http.Response, error) {
	k.asked = append(k.asked, r.URL.String())
	w := httptest.NewRecorder()
	fmt.Fprint(w, k.document)
	return w.Result(), nil
}

// A rule names the key and where it lies; the engine fetches it from there alone.
// The webhook and the key are those that TrueLayer publishes.
func TestRuleNamesAKeyThatIsFetched(t *testing.T) {
	v := vectorOf(t, "truelayer", "accept-published")
	const place = "https://webhooks.truelayer.com/.well-known/jwks"
	for _, tt := range []struct {
		name, document, environment, token string
		reason                             webhook.Reason
		asked                              []string
	}{
		{"its key", `{"keys":[` + v.Secrets[0] + `]}`, "live", "", "", []string{place}},
		{"no key of that name", `{"keys":[` + strings.Replace(v.Secrets[0], "45fc75cf", "00000000", 1) + `]}`, "live", "", webhook.NoSecret, []string{place}},
		{"a source of the sandbox", "", "sandbox", "", webhook.KeyNotAllowed, nil},
		{"no signature", "", "live", "none", webhook.SignatureMissing, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Until(v.At))
				list := &keyList{document: tt.document}
				eng, err := engine.Open(engine.Config{
					Transport: list, Guests: rulesOnly,
					Sources: map[string]engine.Source{"s": {Provider: "truelayer", Settings: map[string]string{"environment": tt.environment}}},
				})
				if err != nil {
					t.Fatal(err)
				}
				defer eng.Close()
				req := v.HTTP()
				if tt.token == "none" {
					req.Header.Del("Tl-Signature")
				}
				got, err := eng.Verify(t.Context(), "s", req)
				if err != nil || got.Reason != tt.reason || got.Accepted() != (tt.reason == "") {
					t.Errorf("Verify = %+v, %v, want %q", got, err, tt.reason)
				}
				if !slices.Equal(list.asked, tt.asked) {
					t.Errorf("asked %v, want %v", list.asked, tt.asked)
				}
			})
		})
	}
}

// The issuer of a token picks the tenant's secret, and can pick no other tenant's.
func TestRuleNamesTheSecret(t *testing.T) {
	v := vectorOf(t, "atlassian-connect", "accept-sample")
	for _, tt := range []struct {
		tenant string
		want   webhook.Reason
	}{{"jira:15489595", ""}, {"jira:2", webhook.NoSecret}} {
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(time.Until(v.At))
			eng, err := engine.Open(engine.Config{Guests: rulesOnly, Sources: map[string]engine.Source{"s": {
				Provider: "atlassian-connect", AllowUncoveredBody: true, Secrets: hinted{{Source: "s", KeyID: tt.tenant}: v.Secrets[0]},
			}}})
			if err != nil {
				t.Fatal(err)
			}
			defer eng.Close()
			got, err := eng.Verify(t.Context(), "s", v.HTTP())
			if err != nil || got.Reason != tt.want {
				t.Errorf("secret of %s: Verify = %+v, %v, want %q", tt.tenant, got, err, tt.want)
			}
		})
	}
}

// An engine without a loader for a rule says what is missing.
func TestRuleWithoutLoader(t *testing.T) {
	_, err := engine.Open(engine.Config{Sources: map[string]engine.Source{"s": {Provider: "plivo-v3", Secrets: webhook.Secrets{key(t, "auth token")}, AllowUncoveredBody: true}}})
	if err == nil || !strings.Contains(err.Error(), "needs a guest loader for .js files") {
		t.Errorf("Open = %v, want that it needs a guest loader for .js files", err)
	}
}
