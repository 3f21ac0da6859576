package catalog_test

import (
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

var at = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func openPack(t *testing.T, name string) *catalog.Pack {
	t.Helper()
	p, err := catalog.Builtin().Open(t.Context(), name, catalog.Options{Loaders: guestLoaders})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func newSecret(t *testing.T, label, key string) webhook.Secret {
	t.Helper()
	s, err := webhook.NewSecret(label, []byte(key))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The keys are from RFC 8032, section 7.1, test 1.
const (
	sharedKey  = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	privateKey = "whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2DXWpgBgrEKt9VL/tPJZAc6DuFy89qmIyWvAhpo9wdRGg=="
	publicKey  = "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
)

func signatures(t *testing.T, keys map[string]string, names ...string) []catalog.Signature {
	t.Helper()
	var list []catalog.Signature
	for _, name := range names {
		list = append(list, catalog.Signature{Pack: openPack(t, name), Secrets: []webhook.Secret{newSecret(t, name, keys[name])}})
	}
	return list
}

// Whatever the order in which they are named, a request that carries several
// signatures verifies under each of their schemes.
func TestSignTogether(t *testing.T) {
	keys := map[string]string{
		"standard-webhooks": sharedKey, "standard-webhooks-v1a": privateKey,
		"chaindoc": "chaindoc key", "stripe": "stripe key", "dastra": "dastra key",
	}
	verifying := map[string]string{"standard-webhooks-v1a": publicKey}
	for _, names := range [][]string{
		{"standard-webhooks", "standard-webhooks-v1a"},
		{"standard-webhooks-v1a", "standard-webhooks"},
		{"standard-webhooks", "chaindoc"},
		{"chaindoc", "standard-webhooks"},
		{"dastra", "stripe", "standard-webhooks-v1a", "chaindoc", "standard-webhooks"},
	} {
		t.Run(strings.Join(names, " "), func(t *testing.T) {
			list := signatures(t, keys, names...)
			var packs []*catalog.Pack
			for _, s := range list {
				packs = append(packs, s.Pack)
			}
			if err := catalog.CheckTogether(packs...); err != nil {
				t.Fatal(err)
			}
			req := &webhook.Request{Method: "POST", Target: "/", Body: []byte(`{ "event": "document.signed", "n": 1.0 }`)}
			m := scheme.Message{ID: "msg_1", Type: "document.signed", Time: at}
			if err := catalog.SignTogether(req, m, list); err != nil {
				t.Fatal(err)
			}
			for _, s := range list {
				id := s.Pack.Provider.ID
				secrets := webhook.Secrets(s.Secrets)
				if key, other := verifying[id]; other {
					secrets = webhook.Secrets{newSecret(t, "public", key)}
				}
				j, err := s.Pack.Judge(t.Context(), req, catalog.Keys{Secrets: secrets}, webhook.Hint{}, at)
				if err != nil || !j.Accepted() {
					t.Errorf("%s: Judge = %s %s, %v, want accepted; headers %v", id, j.Reason, j.Detail, err, req.Header)
				}
				changed := *req
				changed.Body = []byte(`{"event":"document.signed","n":2}`)
				if j, err := s.Pack.Judge(t.Context(), &changed, catalog.Keys{Secrets: secrets}, webhook.Hint{}, at); err != nil || j.Accepted() {
					t.Errorf("%s: another body: Judge = %v, %v, want refused", id, j.Outcome, err)
				}
			}
		})
	}
}

func TestCheckTogetherRefuses(t *testing.T) {
	for _, test := range []struct {
		packs []string
		want  string
	}{
		{[]string{"standard-webhooks", "standard-webhooks"}, "Webhook-Signature"},
		{[]string{"github", "chaindoc", "github"}, "X-Hub-Signature-256"},
		{[]string{"github", "meta"}, "X-Hub-Signature-256"},
		{[]string{"standard-webhooks", "messagebird-v1", "svix", "openai"}, "Webhook-Signature"},
		{[]string{"standard-webhooks", "svix"}, "svix signs the header Webhook-Id"},
		{[]string{"chaindoc", "shopify-app-proxy"}, "signs in the URL"},
	} {
		var packs []*catalog.Pack
		for _, name := range test.packs {
			packs = append(packs, openPack(t, name))
		}
		if err := catalog.CheckTogether(packs...); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v: CheckTogether = %v, want an error with %q", test.packs, err, test.want)
		}
	}
}

// Of any two packs that are said to go together, both verify what was signed as
// both. Packs whose vectors need values of their own in the request are passed
// over, since one request cannot have those of both.
func TestPacksThatGoTogether(t *testing.T) {
	signing := map[string]catalog.Signature{}
	var names []string
	for _, name := range catalog.Builtin().Names() {
		v := accepted(t, name)
		p := openPack(t, name)
		if len(v.Settings) > 0 || p.Rule != nil || len(p.Scheme.Allowed()) != 1 || strings.Contains(string(p.Scheme.Allowed()[0]), "sa-") {
			continue
		}
		s := catalog.Signature{Pack: p, Secrets: []webhook.Secret{newSecret(t, name, v.Secrets[*v.Expect.Secret])}}
		if catalog.SignTogether(plainRequest(), scheme.Message{ID: "msg_1", Type: "a.b", Time: at}, []catalog.Signature{s}) == nil {
			signing[name] = s
			names = append(names, name)
		}
	}
	if len(names) < 80 {
		t.Fatalf("%d packs sign a plain request, want 80 at least", len(names))
	}
	for i, a := range names {
		b := names[(i*7+11)%len(names)]
		if a == b || catalog.CheckTogether(signing[a].Pack, signing[b].Pack) != nil {
			continue
		}
		req, list := plainRequest(), []catalog.Signature{signing[a], signing[b]}
		if err := catalog.SignTogether(req, scheme.Message{ID: "msg_1", Type: "a.b", Time: at}, list); err != nil {
			t.Errorf("%s and %s: %v", a, b, err)
			continue
		}
		for _, s := range list {
			j, err := s.Pack.Judge(t.Context(), req, catalog.Keys{Secrets: webhook.Secrets(s.Secrets)}, webhook.Hint{}, at)
			if err != nil || j.Outcome == webhook.Reject {
				t.Errorf("%s and %s: %s refuses: %s %s, %v", a, b, s.Pack.Provider.ID, j.Reason, j.Detail, err)
			}
		}
	}
}

func plainRequest() *webhook.Request {
	return &webhook.Request{Method: "POST", Scheme: "https", Host: "hookseal.example", Target: "/", Body: []byte(`{"type":"a.b"}`)}
}

// A request that was made without a header is signed like any other.
func TestSignWithoutHeader(t *testing.T) {
	req := &webhook.Request{Body: []byte(`{"event":"document.signed"}`)}
	if err := openPack(t, "chaindoc").Sign(req, scheme.Message{Type: "document.signed", Time: at}, []webhook.Secret{newSecret(t, "s", "key")}); err != nil {
		t.Fatal(err)
	}
	if got := req.Header.Get("X-Webhook-Event"); got != "document.signed" {
		t.Errorf("X-Webhook-Event = %q, want document.signed", got)
	}
}

// Worldpay's header has three fields for each secret, none of them empty.
func TestSignFillsEveryField(t *testing.T) {
	p := openPack(t, "worldpay-access")
	req := plainRequest()
	secrets := []webhook.Secret{newSecret(t, "2", "new key"), newSecret(t, "1", "old key")}
	if err := p.Sign(req, scheme.Message{Time: at}, secrets); err != nil {
		t.Fatal(err)
	}
	items := strings.Split(req.Header.Get("Event-Signature"), ",")
	if len(items) != 2 || !strings.HasPrefix(items[0], "2/SHA256/") || !strings.HasPrefix(items[1], "1/SHA256/") {
		t.Errorf("Event-Signature = %q, want two items with number and function", items)
	}
	for _, s := range secrets {
		j, err := p.Judge(t.Context(), req, catalog.Keys{Secrets: webhook.Secrets{s}}, webhook.Hint{}, at)
		if err != nil || !j.Accepted() {
			t.Errorf("secret %s: Judge = %s, %v, want accepted", s.Label, j.Reason, err)
		}
	}
}
