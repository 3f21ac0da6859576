package catalog_test

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// trial is a pack before the library of its vendor.
type trial struct {
	pack, library string
	// key signs on our side, secret is what the library and our check are given;
	// without a key it is the secret.
	secret, key string
	// signs says that the library signs too.
	signs bool
	// headers are those that the library wants beside the signature's.
	headers http.Header
	bodies  []string
	// changes are the parts beside the body and the signature that are signed.
	changes map[string]func(*webhook.Request)
}

func shift(header, digit string) func(*webhook.Request) {
	return func(r *webhook.Request) {
		text := r.Header.Get(header)
		r.Header.Set(header, text[:len(text)-1]+digit)
	}
}

func retarget(r *webhook.Request) { r.Target = strings.Replace(r.Target, "tenant=7", "tenant=8", 1) }

func rehost(r *webhook.Request) { r.Host = "other.example" }

var jsonBodies = []string{
	`{"id":"evt_1","type":"a.b"}`, `{"name":"Zoë 🦊 \u00e9\/","n":1.0,"list":[ 1, 2 ]}`, "{}\n", `{"crlf":1}` + "\r\n", `{"long":"` + strings.Repeat("x", 100_000) + `"}`,
}

var formBodies = []string{
	"CallSid=CA1&Digits=1234&From=%2B14158675309", "Reason=Participant&ReasonConferenceEnded=test", "b=2&a=1&b=1&a=1", "Body=Ahoy+%26+more+%3D+1+%25+%F0%9F%A6%9C&Empty=", "%61=1&B=2&_=3", "",
}

func trials(t *testing.T) []trial {
	t.Helper()
	private := ed25519.NewKeyFromSeed([]byte(strings.Repeat("o", ed25519.SeedSize)))
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	public := hex.EncodeToString(private.Public().(ed25519.PublicKey))
	pkcs8 := strings.TrimSpace(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
	json, form := http.Header{"Content-Type": {"application/json"}}, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	shop := json.Clone()
	for name, value := range map[string]string{"X-Shopify-Topic": "orders/create", "X-Shopify-Shop-Domain": "s.myshopify.com", "X-Shopify-Api-Version": "2026-01", "X-Shopify-Webhook-Id": "w-1"} {
		shop.Set(name, value)
	}
	called := map[string]func(*webhook.Request){"query": retarget, "host": rehost}
	stamped := map[string]func(*webhook.Request){"id": shift("Webhook-Id", "x"), "time": shift("Webhook-Timestamp", "x")}
	const whsec = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	return []trial{
		{pack: "stripe", library: "stripe", secret: whsec, signs: true, headers: json, bodies: jsonBodies, changes: map[string]func(*webhook.Request){
			"time": func(r *webhook.Request) {
				r.Header.Set("Stripe-Signature", strings.Replace(r.Header.Get("Stripe-Signature"), ",v1=", "0,v1=", 1))
			},
		}},
		{pack: "github", library: "github", secret: "it's a secret é🔑", signs: true, headers: json, bodies: jsonBodies},
		{pack: "slack", library: "slack", secret: "8f742231b10e8888abcd99yyyzzz85a5", headers: json, bodies: append(formBodies, jsonBodies...), changes: map[string]func(*webhook.Request){
			"time": func(r *webhook.Request) {
				r.Header.Set("X-Slack-Request-Timestamp", "1"+r.Header.Get("X-Slack-Request-Timestamp"))
			},
		}},
		{pack: "shopify", library: "shopify", secret: "hush", headers: shop, bodies: jsonBodies},
		{pack: "twilio", library: "twilio", secret: "12345", signs: true, headers: form, bodies: formBodies, changes: called},
		{pack: "twilio-json", library: "twilioJSON", secret: "12345", signs: true, headers: json, bodies: jsonBodies, changes: called},
		{pack: "discord", library: "discord", secret: public, key: pkcs8, headers: json, bodies: jsonBodies, changes: map[string]func(*webhook.Request){
			"time": func(r *webhook.Request) {
				r.Header.Set("X-Signature-Timestamp", "1"+r.Header.Get("X-Signature-Timestamp"))
			},
		}},
		{pack: "standard-webhooks", library: "standardwebhooks", secret: whsec, signs: true, headers: json, bodies: jsonBodies, changes: stamped},
		{pack: "standard-webhooks", library: "svix", secret: whsec, signs: true, headers: json, bodies: jsonBodies, changes: stamped},
	}
}

// The vendors' own libraries verify what the packs sign, and the packs what the
// libraries sign; both refuse what was changed.
func TestOracles(t *testing.T) {
	j := startJudge(t)
	for _, tr := range trials(t) {
		t.Run(tr.library, func(t *testing.T) {
			j.t, j.library = t, tr.library
			pack, err := catalog.Builtin().Open(t.Context(), tr.pack, catalog.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, body := range tr.bodies {
				tr.judged(t, j, pack, "ours", tr.ours(t, pack, body))
				if tr.signs {
					req := tr.request(body)
					j.signs(tr.secret, "msg_1", time.Now().Unix(), req)
					tr.judged(t, j, pack, "theirs", req)
				}
			}
		})
	}
}

func (tr trial) request(body string) *webhook.Request {
	return &webhook.Request{
		Method: http.MethodPost, Scheme: "https", Host: "hooks.example", Target: "/in/s?tenant=7&name=it's",
		Header: tr.headers.Clone(), Body: []byte(body),
	}
}

func (tr trial) ours(t *testing.T, pack *catalog.Pack, body string) *webhook.Request {
	t.Helper()
	key := tr.key
	if key == "" {
		key = tr.secret
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
		verdict, err := pack.Judge(t.Context(), req, secretsOf(t, secret), time.Now())
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
	both("as signed", tr.secret, req, true)
	changes := map[string]func(*webhook.Request){"body": changeBody, "signature": changeSignature(pack)}
	for name, change := range tr.changes {
		changes[name] = change
	}
	for name, change := range changes {
		changed := *req
		changed.Header, changed.Body = req.Header.Clone(), append([]byte{}, req.Body...)
		change(&changed)
		both("another "+name, tr.secret, &changed, false)
	}
	both("another secret", otherSecret(tr.secret), req, false)
}

// changeBody changes a letter and nothing of what surrounds it.
func changeBody(r *webhook.Request) {
	if len(r.Body) == 0 {
		r.Body = []byte("a=1")
		return
	}
	r.Body = append(r.Body[:len(r.Body)-1], 'x')
}

// changeSignature changes a digit in the middle of the signature.
func changeSignature(pack *catalog.Pack) func(*webhook.Request) {
	return func(r *webhook.Request) {
		text := []byte(r.Header.Get(pack.Scheme.SignatureHeader()))
		at := len(text) - 10
		if text[at]++; text[at] == 'g' || text[at] == ':' || text[at] == '{' || text[at] == '[' {
			text[at] = '0'
		}
		r.Header.Set(pack.Scheme.SignatureHeader(), string(text))
	}
}

// otherSecret is another of the same form.
func otherSecret(secret string) string {
	middle := len(secret) / 2
	digit := "1"
	if secret[middle] == '1' {
		digit = "2"
	}
	return secret[:middle] + digit + secret[middle+1:]
}

func secretsOf(t *testing.T, text string) []webhook.Secret {
	t.Helper()
	s, err := webhook.NewSecret("s", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return []webhook.Secret{s}
}
