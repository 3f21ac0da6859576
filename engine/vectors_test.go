package engine_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/sqlite"
	"github.com/hookseal/hookseal/engine/webhook"
)

func openStore(t testing.TB) *sqlite.Store {
	t.Helper()
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "hookseal.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// Every vector of every pack goes through the whole HTTP stack: what must be
// accepted is answered 2xx and stored byte for byte, what must be refused is
// answered 401 with its reason and leaves nothing behind, and so does a challenge
// once it has its reply.
func TestVectorsOverHTTP(t *testing.T) {
	for _, provider := range catalog.Builtin().Names() {
		t.Run(provider, func(t *testing.T) {
			pack, vectors := openVectors(t, provider)
			synctest.Test(t, func(t *testing.T) {
				db := openStore(t)
				for _, v := range vectors {
					sendVector(t, db, provider, pack.Provider.Ack.Quiet, pack.Provider.EventMethods(), v)
				}
			})
		})
	}
}

func sendVector(t *testing.T, db store.Store, provider string, quiet bool, methods []string, v catalog.Vector) {
	var secrets webhook.Secrets
	for _, text := range v.Secrets {
		s, err := webhook.NewSecret(text, []byte(text))
		if err != nil {
			return // a config with such a secret does not load; see TestOpenFaults
		}
		secrets = append(secrets, s)
	}
	if v.At.Before(time.Now()) || len(secrets) == 0 {
		return // published before this clock's beginning, or no source that loads
	}
	req := v.HTTP()
	var tokens []webhook.Secret
	for _, text := range v.Tokens {
		tokens = append(tokens, key(t, text))
	}
	time.Sleep(time.Until(v.At))
	confirms := v.Expect.Reply != nil && v.Expect.Reply.Confirm != ""
	visited := &visits{}
	dedup := "off"
	if req.Path() == "/" {
		dedup = "signature" // the middleware stores what it has a key for
	}
	eng, err := engine.Open(engine.Config{
		Confirmer: visited,
		Guests:    everyGuest(),
		Sources: map[string]engine.Source{"s": {
			Provider: provider, Secrets: secrets, Settings: v.Settings, AllowUncoveredBody: true, Dedup: dedup,
			PublicURL: req.Scheme + "://" + req.Host + req.Path(), VerifyTokens: tokens, Confirm: confirms,
		}},
		Store: db,
	})
	if err != nil {
		return // a secret that does not fit the scheme is a fault of the config
	}
	defer eng.Close()
	target := "/in/s"
	if query := req.RawQuery(); query != "" {
		target += "?" + query
	}
	r := httptest.NewRequest(req.Method, target, bytes.NewReader(req.Body))
	r.Header = req.Header
	before, err := db.Events(t.Context(), store.EventQuery{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	handler := eng.Handler()
	if req.Path() == "/" {
		// A public URL without a path keeps that of the request.
		r.URL.Path, r.RequestURI = "/", req.Target
		handler = eng.Middleware("s")(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) }))
	}
	handler.ServeHTTP(w, r)
	after, err := db.Events(t.Context(), store.EventQuery{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	if v.Expect.Outcome == "reject" {
		if w.Code == http.StatusMethodNotAllowed && len(after) == len(before) {
			return // what is no challenge and came by a method of challenges alone
		}
		want := v.Expect.Reason
		if quiet {
			want = ""
		}
		if got := answeredReason(t, w); w.Code != http.StatusUnauthorized || got != want || len(after) != len(before) {
			t.Errorf("%s: answered %d %q and stored %d events, want 401 %q and none", v.Name, w.Code, got, len(after)-len(before), want)
		}
		return
	}
	if reply := v.Expect.Reply; reply != nil {
		if w.Code != reply.Status || w.Body.String() != reply.Body || w.Header().Get("Content-Type") != reply.Type || len(after) != len(before) {
			t.Errorf("%s: answered %d %s and stored %d events, want %+v and none", v.Name, w.Code, w.Body, len(after)-len(before), reply)
		}
		if confirms && !slices.Equal(visited.urls, []string{reply.Confirm}) {
			t.Errorf("%s: visited %v, want %s", v.Name, visited.urls, reply.Confirm)
		}
		return
	}
	if w.Code == http.StatusMethodNotAllowed && !slices.Contains(methods, req.Method) {
		return // a pair that somebody published for a request which is no event
	}
	if w.Code < 200 || w.Code > 299 || len(after) != len(before)+1 {
		t.Errorf("%s: answered %d %s and stored %d events, want 2xx and one", v.Name, w.Code, w.Body, len(after)-len(before))
		return
	}
	ev, err := db.Event(t.Context(), after[0].ID)
	if err != nil || !bytes.Equal(ev.Body, req.Body) || ev.Type != v.Expect.Type || ev.ProviderID != v.Expect.ID {
		t.Errorf("%s: stored %q %q, %d bytes, %v; want %q %q, %d bytes", v.Name, ev.Type, ev.ProviderID, len(ev.Body), err, v.Expect.Type, v.Expect.ID, len(req.Body))
	}
}

func answeredReason(t *testing.T, w *httptest.ResponseRecorder) webhook.Reason {
	t.Helper()
	var answer struct{ Reason webhook.Reason }
	data, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	if len(data) == 0 {
		return ""
	}
	if err := json.Unmarshal(data, &answer); err != nil {
		t.Fatalf("answer %q is not JSON: %v", data, err)
	}
	return answer.Reason
}
