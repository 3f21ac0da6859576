package catalog_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/script"
	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi/host"
)

// guestLoaders load the rules of packs that have one.
var guestLoaders = []webhook.GuestLoader{script.Loader{}, host.Loader{}}

// The vendors' own libraries verify what the packs sign, and the packs what the
// libraries sign; both refuse what was changed.
func TestOracles(t *testing.T) {
	j := startJudge(t)
	for _, file := range trialFiles(t) {
		library := strings.TrimSuffix(file, ".json")
		t.Run(library, func(t *testing.T) {
			for _, tr := range readTrials(t, file) {
				t.Run(tr.Pack, func(t *testing.T) {
					j.t, j.library, j.pack = t, library, tr.Pack
					tr.run(t, j)
				})
			}
		})
	}
}

func (tr trial) run(t *testing.T, j *judge) {
	t.Helper()
	pack, err := catalog.Builtin().Open(t.Context(), tr.Pack, catalog.Options{Settings: tr.Settings, Loaders: guestLoaders})
	if err != nil {
		t.Fatal(err)
	}
	for _, body := range tr.Bodies.list() {
		if !tr.Theirs {
			tr.judged(t, j, pack, "ours", tr.ours(t, pack, body))
		}
		if tr.Signs {
			req := tr.request(body)
			j.signs(tr.Secret, "msg_1", time.Now().Unix(), req)
			tr.judged(t, j, pack, "theirs", req)
		}
	}
	if err := pack.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func (tr trial) ours(t *testing.T, pack *catalog.Pack, body string) *webhook.Request {
	t.Helper()
	key := tr.Key
	if key == "" {
		key = tr.Secret
	}
	req := tr.request(body)
	if err := pack.Sign(req, scheme.Message{ID: "msg_1", Type: "a.b", Time: time.Now()}, secretsOf(t, key)); err != nil {
		t.Fatal(err)
	}
	return req
}

// judged has both sides judge a request that was signed, and what changes make of
// it.
func (tr trial) judged(t *testing.T, j *judge, pack *catalog.Pack, signer string, req *webhook.Request) {
	t.Helper()
	both := func(what, secret string, req *webhook.Request, want bool) {
		t.Helper()
		verdict, err := pack.Judge(t.Context(), req, catalog.Keys{Secrets: webhook.Secrets(secretsOf(t, secret))}, webhook.Hint{}, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if got := verdict.Outcome != webhook.Reject; got != want {
			t.Errorf("%s, signed by %s, %d bytes: the pack says %s %s %s, want valid = %v", what, signer, len(req.Body), verdict.Outcome, verdict.Reason, verdict.Detail, want)
		}
		if got := j.verifies(secret, req); got != want {
			t.Errorf("%s, signed by %s, %d bytes: the library says valid = %v, want %v", what, signer, len(req.Body), got, want)
		}
	}
	both("as signed", tr.Secret, req, true)
	changes := tr.changes(t, pack)
	for _, name := range slices.Sorted(maps.Keys(changes)) {
		changed := *req
		changed.Header, changed.Body = req.Header.Clone(), slices.Clone(req.Body)
		changes[name](&changed)
		both("another "+name, tr.Secret, &changed, false)
	}
	both("another secret", tr.other(), req, false)
}

func (tr trial) request(body string) *webhook.Request {
	req := &webhook.Request{
		Method: http.MethodPost, Scheme: "https", Host: "hooks.example", Target: "/in/s?tenant=7&name=it's",
		Header: http.Header{}, Body: []byte(body),
	}
	if tr.Method != "" {
		req.Method = tr.Method
	}
	if tr.Target != "" {
		req.Target = tr.Target
	}
	for name, value := range tr.Headers {
		req.Header.Set(name, value)
	}
	return req
}

func secretsOf(t *testing.T, text string) []webhook.Secret {
	t.Helper()
	s, err := webhook.NewSecret("s", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return []webhook.Secret{s}
}
