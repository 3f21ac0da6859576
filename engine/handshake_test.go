package engine_test

import (
	"context"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// rawHMAC is a scheme that signs the body alone, so that only a refusal can keep
// the answer to a challenge from being the signature of an event.
const rawHMAC = `
[scheme]
algorithm = "hmac-sha256"
signature = { header = "X-Sig", encoding = "hex" }
message   = "{body}"
`

// packOf writes a pack and returns a catalogue that has it.
func packOf(t testing.TB, text string) *catalog.Catalog {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "vendor"), 0o700); err != nil {
		t.Fatal(err)
	}
	text = "name = \"Vendor\"\ndocs = \"https://vendor.example\"\nproof = \"document\"\n" + text
	if err := os.WriteFile(filepath.Join(dir, "vendor", "provider.toml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return catalog.Builtin().WithOverlay(dir)
}

// vendor opens an engine with the pack as the source "in", whose secret is "key"
// and whose verification token is "token-1".
func vendor(t testing.TB, pack string, edit func(*engine.Config, *engine.Source)) *engine.Engine {
	t.Helper()
	s := engine.Source{Provider: "vendor", Secrets: webhook.Secrets{key(t, "key")}}
	if strings.Contains(pack, "{token}") || strings.Contains(pack, "\ttoken ") {
		s.VerifyTokens = []webhook.Secret{key(t, "token-1")}
	}
	s.AllowUncoveredBody = strings.Contains(pack, "{form.bt_payload}")
	c := engine.Config{Catalog: packOf(t, pack), Store: openStore(t)}
	if edit != nil {
		edit(&c, &s)
	}
	c.Sources = map[string]engine.Source{"in": s}
	return open(t, c)
}

func call(t testing.TB, h http.Handler, method, target, body string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func macHex(key, message string) string {
	m := hmac.New(sha256.New, []byte(key))
	m.Write([]byte(message))
	return hex.EncodeToString(m.Sum(nil))
}

func macBase64(key, message string) string {
	m := hmac.New(sha256.New, []byte(key))
	m.Write([]byte(message))
	return base64.StdEncoding.EncodeToString(m.Sum(nil))
}

// handshakes are the kinds that providers document, each with a request that is
// answered, and requests that are not.
func handshakes() map[string]struct {
	pack                   string
	method, target, body   string
	header                 []string
	status                 int
	contentType, want      string
	wantHeader             [2]string
	refused, notAChallenge []string
} {
	braintreeKey := sha1.Sum([]byte("key"))
	braintree := hmac.New(sha1.New, braintreeKey[:])
	braintree.Write([]byte("20f9f8ed05f77439fe955c977e4c8a53"))
	ebay := sha256.Sum256([]byte("a8628072token-1http://example.com/in/in"))
	qq := ed25519.Sign(ed25519.NewKeyFromSeed([]byte(strings.Repeat("key", 11))[:32]), []byte("1725442341Arq0D5A61EgUu4OxUvOp"))
	type hs = struct {
		pack                   string
		method, target, body   string
		header                 []string
		status                 int
		contentType, want      string
		wantHeader             [2]string
		refused, notAChallenge []string
	}
	const plain, object = "text/plain; charset=utf-8", "application/json"
	return map[string]hs{
		"dropbox": {
			pack: rawHMAC + `
				[[handshake]]
				method   = "GET"
				unsigned = true
				echo     = "{query.challenge}"`,
			method: "GET", target: "/in/in?challenge=a1-b2", status: 200, contentType: plain, want: "a1-b2",
			refused:       []string{"/in/in?challenge=", "/in/in?challenge=%3Cscript%3Ealert(1)%3C/script%3E", "/in/in?challenge=a&challenge=b", "/in/in?challenge=" + strings.Repeat("a", 257)},
			notAChallenge: []string{"/in/in", "/in/in?check=a"},
		},
		"microsoft-graph": {
			pack: rawHMAC + `
				[[handshake]]
				unsigned = true
				limit    = { alphabet = "words", max = 512 }
				echo     = "{query.validationToken}"`,
			method: "POST", target: "/in/in?validationToken=Validation%3A+Testing+client+application+Request-Id%3A+522a8e7e", status: 200, contentType: plain,
			want:    "Validation: Testing client application Request-Id: 522a8e7e",
			refused: []string{"/in/in?validationToken=%3Cb%3E", "/in/in?validationToken=%22", "/in/in?validationToken=%0d%0aX:1", "/in/in?validationToken=%E2%82%AC"},
		},
		"okta": {
			pack: rawHMAC + `
				[[handshake]]
				method   = "GET"
				unsigned = true
				limit    = { alphabet = "base64" }
				json     = { verification = "{header.X-Okta-Verification-Challenge}" }`,
			method: "GET", target: "/in/in", header: []string{"X-Okta-Verification-Challenge", "a+/b=="}, status: 200, contentType: object, want: `{"verification":"a+/b=="}`,
			refused: []string{"/in/in"}, // one below gives it a wrong header
		},
		"meta": {
			pack: rawHMAC + `
				[[handshake]]
				method   = "GET"
				unsigned = true
				value    = "{query.hub.mode}"
				in       = ["subscribe"]
				token    = "{query.hub.verify_token}"
				echo     = "{query.hub.challenge}"`,
			method: "GET", target: "/in/in?hub.mode=subscribe&hub.verify_token=token-1&hub.challenge=1158201444", status: 200, contentType: plain, want: "1158201444",
			refused: []string{
				"/in/in?hub.mode=subscribe&hub.verify_token=token-2&hub.challenge=1", "/in/in?hub.mode=subscribe&hub.challenge=1",
				"/in/in?hub.mode=subscribe&hub.verify_token=&hub.challenge=1", "/in/in?hub.mode=subscribe&hub.verify_token=key&hub.challenge=1",
				"/in/in?hub.mode=subscribe&hub.verify_token=token-1&hub.verify_token=token-1&hub.challenge=1",
			},
			notAChallenge: []string{"/in/in?hub.mode=unsubscribe&hub.verify_token=token-1&hub.challenge=1", "/in/in?hub.verify_token=token-1&hub.challenge=1"},
		},
		"lark": {
			pack: rawHMAC + `
				[[handshake]]
				unsigned = true
				value    = "{json.type}"
				in       = ["url_verification"]
				token    = "{json.token}"
				json     = { challenge = "{json.challenge}" }`,
			method: "POST", target: "/in/in", body: `{"type":"url_verification","token":"token-1","challenge":"ajls384k"}`, status: 200, contentType: object, want: `{"challenge":"ajls384k"}`,
		},
		"monday": {
			pack: rawHMAC + `
				[[handshake]]
				unsigned = true
				unless   = "{json.event}"
				json     = { challenge = "{json.challenge}" }`,
			method: "POST", target: "/in/in", body: `{"challenge":"3eZbrw1a"}`, status: 200, contentType: object, want: `{"challenge":"3eZbrw1a"}`,
		},
		"smartsheet": {
			pack: rawHMAC + `
				[[handshake]]
				unsigned = true
				json     = { smartsheetHookResponse = "{header.Smartsheet-Hook-Challenge}" }
				headers  = { Smartsheet-Hook-Response = "{header.Smartsheet-Hook-Challenge}" }`,
			method: "POST", target: "/in/in", header: []string{"Smartsheet-Hook-Challenge", "d78c1c4f"}, body: `{"challenge":"d78c1c4f","webhookId":1}`, status: 200,
			contentType: object, want: `{"smartsheetHookResponse":"d78c1c4f"}`, wantHeader: [2]string{"Smartsheet-Hook-Response", "d78c1c4f"},
		},
		"ebay": {
			pack: rawHMAC + `
				[[handshake]]
				method   = "GET"
				unsigned = true
				answer   = { of = "{query.challenge_code}{token}{url | without-query}", digest = "sha256", encoding = "hex" }
				json     = { challengeResponse = "{answer}" }`,
			method: "GET", target: "/in/in?challenge_code=a8628072", status: 200, contentType: object, want: `{"challengeResponse":"` + hex.EncodeToString(ebay[:]) + `"}`,
			refused: []string{"/in/in?challenge_code=", "/in/in?challenge_code=a:b"},
		},
		"linkedin": {
			pack: strings.Replace(rawHMAC, `"{body}"`, `"hmacsha256={body}"`, 1) + `
				[[handshake]]
				method   = "GET"
				unsigned = true
				answer   = { of = "{query.challengeCode}", encoding = "hex" }
				json     = { challengeCode = "{query.challengeCode}", challengeResponse = "{answer}" }`,
			method: "GET", target: "/in/in?challengeCode=890e4665-4dfe", status: 200, contentType: object,
			want: `{"challengeCode":"890e4665-4dfe","challengeResponse":"` + macHex("key", "890e4665-4dfe") + `"}`,
		},
		"x-twitter": {
			pack: rawHMAC + `
				[[handshake]]
				method   = "GET"
				unsigned = true
				answer   = { of = "{query.crc_token}", encoding = "base64" }
				json     = { response_token = "sha256={answer}" }`,
			method: "GET", target: "/in/in?crc_token=abc&nonce=d", status: 200, contentType: object, want: `{"response_token":"sha256=` + macBase64("key", "abc") + `"}`,
			refused: []string{"/in/in?crc_token=%7B%22a%22%3A1%7D", "/in/in?crc_token=a%20b"},
		},
		"braintree": {
			pack: `
				[settings.public_key]
				about   = "the public key of the account"
				default = "pub"
				[scheme]
				algorithm = "hmac-sha1"
				key       = "sha1"
				signature = { header = "X-Sig", encoding = "hex" }
				message   = "{form.bt_payload}"
				[[handshake]]
				method   = "GET"
				unsigned = true
				limit    = { alphabet = "hex", min = 20, max = 32 }
				answer   = { of = "{query.bt_challenge}", encoding = "hex" }
				echo     = "{setting.public_key}|{answer}"`,
			method: "GET", target: "/in/in?bt_challenge=20f9f8ed05f77439fe955c977e4c8a53", status: 200, contentType: plain, want: "pub|" + hex.EncodeToString(braintree.Sum(nil)),
			refused: []string{"/in/in?bt_challenge=20f9f8ed", "/in/in?bt_challenge=20F9F8ED05F77439FE955C977E4C8A53", "/in/in?bt_challenge=20f9f8ed05f77439fe955c977e4c8a53a"},
		},
		"qq-bot": {
			pack: `
				[scheme]
				algorithm = "ed25519"
				key       = "ed25519-seed"
				signature = { header = "X-Signature-Ed25519", encoding = "hex" }
				message   = "{header.X-Signature-Timestamp}{body}"
				[[handshake]]
				unsigned = true
				value    = "{json.op}"
				in       = ["13"]
				answer   = { of = "{json.d.event_ts}{json.d.plain_token}", encoding = "hex" }
				json     = { plain_token = "{json.d.plain_token}", signature = "{answer}" }`,
			method: "POST", target: "/in/in", body: `{"d":{"plain_token":"Arq0D5A61EgUu4OxUvOp","event_ts":"1725442341"},"op":13}`, status: 200, contentType: object,
			want: `{"plain_token":"Arq0D5A61EgUu4OxUvOp","signature":"` + hex.EncodeToString(qq) + `"}`,
		},
		"zoom": {
			pack: rawHMAC + `
				[[handshake]]
				value  = "{json.event}"
				in     = ["endpoint.url_validation"]
				answer = { of = "{json.payload.plainToken}", encoding = "hex" }
				json   = { plainToken = "{json.payload.plainToken}", encryptedToken = "{answer}" }`,
			method: "POST", target: "/in/in", body: `{"event":"endpoint.url_validation","payload":{"plainToken":"qgg8vlvZRS6"}}`,
			header: []string{"X-Sig", macHex("key", `{"event":"endpoint.url_validation","payload":{"plainToken":"qgg8vlvZRS6"}}`)}, status: 200, contentType: object,
			want: `{"encryptedToken":"` + macHex("key", "qgg8vlvZRS6") + `","plainToken":"qgg8vlvZRS6"}`,
		},
		"front": {
			pack: rawHMAC + `
				[[handshake]]
				value = "{json.type}"
				in    = ["sync"]
				echo  = "{header.X-Front-Challenge}"`,
			method: "POST", target: "/in/in", body: `{"type":"sync"}`, header: []string{"X-Sig", macHex("key", `{"type":"sync"}`), "X-Front-Challenge", "c-1"},
			status: 200, contentType: plain, want: "c-1",
		},
		"trello":      {pack: rawHMAC + "\n[[handshake]]\nmethod = \"HEAD\"\nunsigned = true", method: "HEAD", target: "/in/in", status: 200},
		"woocommerce": {pack: rawHMAC + "\n[[handshake]]\nunsigned = true\npresent = \"{form.webhook_id}\"", method: "POST", target: "/in/in", header: []string{"Content-Type", "application/x-www-form-urlencoded"}, body: "webhook_id=7", status: 200},
		"bitbucket-server": {pack: rawHMAC + `
				[[handshake]]
				unsigned = true
				value    = "{header.X-Event-Key}"
				in       = ["diagnostics:ping"]`, method: "POST", target: "/in/in", header: []string{"X-Event-Key", "diagnostics:ping"}, body: `{"test":true}`, status: 200},
		"cloudevents-webhook": {
			pack: `
				[settings.origin]
				about   = "the origin that may send"
				default = "eventgrid.azure.net"
				[settings.rate]
				about   = "requests per minute that may be sent, or *"
				default = "120"` + rawHMAC + `
				[[handshake]]
				method   = "OPTIONS"
				unsigned = true
				value    = "{header.WebHook-Request-Origin}"
				in       = ["{setting.origin}"]
				headers  = { WebHook-Allowed-Origin = "{setting.origin}", WebHook-Allowed-Rate = "{setting.rate}" }`,
			method: "OPTIONS", target: "/in/in", header: []string{"WebHook-Request-Origin", "eventgrid.azure.net"}, status: 200, wantHeader: [2]string{"Webhook-Allowed-Origin", "eventgrid.azure.net"},
			notAChallenge: []string{"/in/in"},
		},
	}
}

// Each kind of handshake is answered over HTTP as its provider expects, as inert
// text or encoded JSON, and leaves no event behind.
func TestHandshakesOverHTTP(t *testing.T) {
	for name, h := range handshakes() {
		t.Run(name, func(t *testing.T) {
			seen := &receptions{}
			eng := vendor(t, h.pack, func(c *engine.Config, _ *engine.Source) { c.Observer = seen })
			w := call(t, eng.Handler(), h.method, h.target, h.body, h.header...)
			if w.Code != h.status || w.Header().Get("Content-Type") != h.contentType || w.Body.String() != h.want {
				t.Fatalf("answer = %d %q %s, want %d %q %s", w.Code, w.Header().Get("Content-Type"), w.Body, h.status, h.contentType, h.want)
			}
			if got := w.Header().Get("X-Content-Type-Options"); got != "nosniff" {
				t.Errorf("X-Content-Type-Options = %q, want nosniff", got)
			}
			if n := h.wantHeader; n[0] != "" && w.Header().Get(n[0]) != n[1] {
				t.Errorf("%s = %q, want %q", n[0], w.Header().Get(n[0]), n[1])
			}
			if len(seen.list) != 1 || seen.list[0].Answer != "challenge" || seen.list[0].Source != "in" {
				t.Errorf("observed %+v, want a challenge", seen.list)
			}
			refuse(t, eng, h.method, h.refused, 401)
			refuse(t, eng, h.method, h.notAChallenge, 405)
			if n := events(t, eng); n != 0 {
				t.Errorf("%d events are stored, want none", n)
			}
		})
	}
}

// refuse calls the targets, with a challenge in a header that may not be given
// back, and expects the status and no trace of markup.
func refuse(t *testing.T, eng *engine.Engine, method string, targets []string, status int) {
	t.Helper()
	for _, target := range targets {
		w := call(t, eng.Handler(), method, target, "", "X-Okta-Verification-Challenge", "<script>")
		if w.Code != status || strings.Contains(w.Body.String(), "<") {
			t.Errorf("%s %s = %d %s, want %d", method, target, w.Code, w.Body, status)
		}
	}
}

// A method that neither events nor challenges come by is refused with those that
// do, and so is a request without a challenge in it.
func TestMethods(t *testing.T) {
	eng := vendor(t, handshakes()["dropbox"].pack, nil)
	signature := macHex("key", "")
	for _, tt := range []struct {
		method, target string
		status         int
	}{
		{"GET", "/in/in?challenge=a", 200},
		{"GET", "/in/in", 405}, // although its empty body is signed
		{"PUT", "/in/in?challenge=a", 405},
		{"HEAD", "/in/in?challenge=a", 405},
		{"POST", "/in/in?challenge=a", 202},
	} {
		w := call(t, eng.Handler(), tt.method, tt.target, "", "X-Sig", signature)
		if w.Code != tt.status || w.Code == 405 && w.Header().Get("Allow") != "GET, POST" {
			t.Errorf("%s %s = %d, Allow %q, want %d", tt.method, tt.target, w.Code, w.Header().Get("Allow"), tt.status)
		}
	}
	eng = vendor(t, "methods = [\"GET\", \"PUT\"]\n"+rawHMAC, nil)
	for method, status := range map[string]int{"GET": 202, "PUT": 202, "POST": 405} {
		if w := call(t, eng.Handler(), method, "/in/in", method, "X-Sig", macHex("key", method)); w.Code != status {
			t.Errorf("%s = %d, want %d", method, w.Code, status)
		}
	}
}

// What a challenge had signed with the key of the events is refused as an event
// (pitfall 34); another message of the same key is taken.
func TestHandshakeIsNoOracle(t *testing.T) {
	twitter := handshakes()["x-twitter"].pack
	eng := vendor(t, twitter, nil)
	w := call(t, eng.Handler(), "GET", "/in/in?crc_token=forged", "")
	var answer struct {
		Token string `json:"response_token"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatal(err)
	}
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(answer.Token, "sha256="))
	if err != nil {
		t.Fatal(err)
	}
	if w := call(t, eng.Handler(), "POST", "/in/in", "forged", "X-Sig", hex.EncodeToString(raw)); w.Code != 401 || !strings.Contains(w.Body.String(), "condition_failed") {
		t.Errorf("a forged event = %d %s, want 401 condition_failed", w.Code, w.Body)
	}
	for _, body := range []string{`{"a":1}`, "forged\n", strings.Repeat("a", 257), ""} {
		if w := call(t, eng.Handler(), "POST", "/in/in", body, "X-Sig", macHex("key", body)); w.Code != 202 {
			t.Errorf("event %.20q = %d %s, want 202", body, w.Code, w.Body)
		}
	}
}

// A verification token is never the key of an event, nor the other way round
// (pitfall 35); and an unset one is equal to nothing (pitfall 37).
func TestVerifyTokenIsNoSecret(t *testing.T) {
	meta := handshakes()["meta"].pack
	eng := vendor(t, meta, nil)
	if w := call(t, eng.Handler(), "POST", "/in/in", "b", "X-Sig", macHex("token-1", "b")); w.Code != 401 {
		t.Errorf("an event signed with the token = %d, want 401", w.Code)
	}
	unset := vendor(t, meta, func(_ *engine.Config, s *engine.Source) { s.VerifyTokens = nil })
	for _, token := range []string{"", "&hub.verify_token=", "&hub.verify_token=a"} {
		if w := call(t, unset.Handler(), "GET", "/in/in?hub.mode=subscribe&hub.challenge=1"+token, ""); w.Code != 401 {
			t.Errorf("token %q without one = %d %s, want 401", token, w.Code, w.Body)
		}
	}
	_, err := engine.Open(engine.Config{Catalog: packOf(t, meta), Sources: map[string]engine.Source{
		"in": {Provider: "vendor", Secrets: webhook.Secrets{key(t, "same")}, VerifyTokens: []webhook.Secret{key(t, "same")}},
	}})
	if err == nil || !strings.Contains(err.Error(), "is a secret that signs") {
		t.Errorf("Open = %v, want the token refused that is a secret", err)
	}
}

// A challenge over the largest size, with a signature, or under shadow mode is
// not given away as an event.
func TestUnsignedHandshakeIsNeverAnEvent(t *testing.T) {
	lark := handshakes()["lark"].pack
	eng := vendor(t, lark, func(_ *engine.Config, s *engine.Source) { s.Shadow = true })
	if w := call(t, eng.Handler(), "POST", "/in/in", `{"type":"url_verification","token":"x","challenge":"a"}`); w.Code != 401 {
		t.Errorf("a wrong token in shadow mode = %d %s, want 401", w.Code, w.Body)
	}
	if n := events(t, eng); n != 0 {
		t.Errorf("%d events are stored, want none", n)
	}
}

// Middleware and a proxy's sub-request answer what the handler answers.
func TestHandshakeBeforeAnApplication(t *testing.T) {
	meta := handshakes()["meta"]
	eng := vendor(t, meta.pack, nil)
	called := false
	guarded := eng.Middleware("in")(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true }))
	if w := call(t, guarded, "GET", meta.target, ""); w.Code != 200 || w.Body.String() != meta.want || called {
		t.Errorf("Middleware = %d %s, application called %v; want the challenge and no call", w.Code, w.Body, called)
	}
	if w := call(t, guarded, "GET", meta.refused[0], ""); w.Code != 401 || called {
		t.Errorf("Middleware = %d, application called %v; want 401 and no call", w.Code, called)
	}
	w := call(t, eng.AuthHandler("in", engine.AuthRequest{}), "GET", meta.target, "")
	if w.Code != 401 || w.Body.String() != meta.want || w.Header().Get(engine.VerdictHeader) != `challenge; source="in"; status=200` {
		t.Errorf("AuthHandler = %d %s %q, want 401 with the challenge", w.Code, w.Body, w.Header().Get(engine.VerdictHeader))
	}
}

// A sender that tries whether wrong signatures are refused gets its 401, as often
// as it likes, and without a body where it demands that (pitfall 38).
func TestProbesWithWrongSignatures(t *testing.T) {
	eng := vendor(t, rawHMAC+"\n[ack]\nstatus = 200\nquiet = true", nil)
	for range 300 {
		if w := call(t, eng.Handler(), "POST", "/in/in", "{}", "X-Sig", macHex("wrong", "{}")); w.Code != 401 || w.Body.Len() != 0 || w.Header().Get("Set-Cookie") != "" {
			t.Fatalf("a probe = %d %q, want 401 and nothing", w.Code, w.Body)
		}
	}
	if w := call(t, eng.Handler(), "POST", "/in/in", "{}", "X-Sig", macHex("key", "{}")); w.Code != 200 || w.Body.Len() != 0 {
		t.Errorf("after the probes = %d %q, want 200 and nothing", w.Code, w.Body)
	}
}

// The acknowledgement that a sender demands is given to a repeat too.
func TestAckOfARepeat(t *testing.T) {
	eng := vendor(t, rawHMAC+"\n[ack]\nstatus = 200\ntype = \"application/json\"\nbody = '{\"code\":\"SUCCESS\"}'", nil)
	for range 2 {
		w := call(t, eng.Handler(), "POST", "/in/in", "{}", "X-Sig", macHex("key", "{}"))
		if w.Code != 200 || w.Body.String() != `{"code":"SUCCESS"}` || w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("answer = %d %q %s, want the acknowledgement", w.Code, w.Header().Get("Content-Type"), w.Body)
		}
	}
	if n := events(t, eng); n != 1 {
		t.Errorf("%d events are stored, want 1", n)
	}
}

const asana = rawHMAC + `
	[[handshake]]
	unsigned = true
	keep     = "{header.X-Hook-Secret}"
	headers  = { X-Hook-Secret = "{header.X-Hook-Secret}" }`

// memoryKeeper keeps one secret.
type memoryKeeper struct {
	mu     sync.Mutex
	kept   []webhook.Secret
	broken error
}

// Secrets implements [webhook.SecretSource].
func (m *memoryKeeper) Secrets(context.Context, webhook.Hint) ([]webhook.Secret, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.kept, nil
}

// Keep implements [webhook.SecretKeeper].
func (m *memoryKeeper) Keep(_ context.Context, _ webhook.Hint, s webhook.Secret) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken != nil {
		return m.broken
	}
	if len(m.kept) > 0 {
		return webhook.ErrNotKept
	}
	m.kept = []webhook.Secret{s}
	return nil
}

// A secret that is handed out is kept once, before it is answered, and only by a
// source that keeps secrets.
func TestSecretIsKept(t *testing.T) {
	const first, second = "b537207f20cbfa02357cf448134da559", "00000000000000000000000000000000"
	keeper := &memoryKeeper{broken: errors.New("disk is full")}
	eng := vendor(t, asana, func(_ *engine.Config, s *engine.Source) { s.Secrets = keeper })
	hand := func(secret string) *httptest.ResponseRecorder {
		return call(t, eng.Handler(), "POST", "/in/in", "", "X-Hook-Secret", secret)
	}
	if w := hand(first); w.Code != 503 || w.Header().Get("X-Hook-Secret") != "" {
		t.Errorf("while it cannot be stored = %d, want 503", w.Code)
	}
	keeper.broken = nil
	for _, short := range []string{"", "short", strings.Repeat("a", 257), "b537207f20cbfa02 57cf448134da559"} {
		if w := hand(short); w.Code != 401 {
			t.Errorf("secret %q = %d, want 401", short, w.Code)
		}
	}
	if w := call(t, eng.Handler(), "POST", "/in/in", "{}", "X-Sig", macHex(first, "{}")); w.Code != 401 {
		t.Errorf("an event before the secret = %d, want 401", w.Code)
	}
	for range 2 {
		if w := hand(first); w.Code != 200 || w.Header().Get("X-Hook-Secret") != first || w.Body.Len() != 0 {
			t.Errorf("the first secret = %d %q, want 200 and the secret", w.Code, w.Header().Get("X-Hook-Secret"))
		}
	}
	if w := hand(second); w.Code != 401 || w.Header().Get("X-Hook-Secret") != "" {
		t.Errorf("another secret = %d, want 401", w.Code)
	}
	for secret, status := range map[string]int{first: 202, second: 401} {
		if w := call(t, eng.Handler(), "POST", "/in/in", "{}", "X-Sig", macHex(secret, "{}")); w.Code != status {
			t.Errorf("an event = %d, want %d", w.Code, status)
		}
	}
	static := vendor(t, asana, func(_ *engine.Config, s *engine.Source) { s.Secrets = noSecrets{} })
	if w := call(t, static.Handler(), "POST", "/in/in", "", "X-Hook-Secret", first); w.Code != 401 || w.Header().Get("X-Hook-Secret") != "" {
		t.Errorf("a source that keeps nothing = %d, want 401", w.Code)
	}
}

// noSecrets is a source of none.
type noSecrets struct{}

// Secrets implements [webhook.SecretSource].
func (noSecrets) Secrets(context.Context, webhook.Hint) ([]webhook.Secret, error) { return nil, nil }

const sns = rawHMAC + `
	[event]
	type = "{json.Type}"
	[[handshake]]
	value   = "{json.Type}"
	in      = ["SubscriptionConfirmation"]
	confirm = { url = "{json.SubscribeURL}", hosts = ["sns.*.amazonaws.com", "sns.*.amazonaws.com.cn"], path = "/" }`

type visits struct {
	urls   []string
	broken error
}

// Confirm implements [webhook.Confirmer].
func (v *visits) Confirm(_ context.Context, url string) error {
	v.urls = append(v.urls, url)
	return v.broken
}

// A confirmation is visited after its signature, on the hosts of the provider
// alone, and by no source that does not ask for it (pitfall 41).
func TestConfirmation(t *testing.T) {
	visited := &visits{}
	confirming := vendor(t, sns, func(c *engine.Config, s *engine.Source) { c.Confirmer, s.Confirm = visited, true })
	send := func(eng *engine.Engine, url, key string) *httptest.ResponseRecorder {
		body := `{"Type":"SubscriptionConfirmation","SubscribeURL":"` + url + `"}`
		return call(t, eng.Handler(), "POST", "/in/in", body, "X-Sig", macHex(key, body))
	}
	const good = "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=2336"
	if w := send(confirming, good, "wrong"); w.Code != 401 {
		t.Errorf("an unsigned confirmation = %d, want 401", w.Code)
	}
	for _, bad := range []string{
		"http://sns.us-east-1.amazonaws.com/?a", "https://sns.us-east-1.amazonaws.com.evil.com/", "https://evil.com/?sns.us-east-1.amazonaws.com",
		"https://x@sns.us-east-1.amazonaws.com/", "https://sns.us-east-1.amazonaws.com:8443/", "https://sns.amazonaws.com/", "https://sns.a.b.amazonaws.com/",
		"https://sns.us-east-1.amazonaws.com/other", "//sns.us-east-1.amazonaws.com/", "https://127.0.0.1/", "",
	} {
		if w := send(confirming, bad, "key"); w.Code != 401 {
			t.Errorf("%s = %d, want 401", bad, w.Code)
		}
	}
	if len(visited.urls) != 0 {
		t.Fatalf("visited %v, want none", visited.urls)
	}
	if w := send(confirming, good, "key"); w.Code != 200 || len(visited.urls) != 1 || visited.urls[0] != good {
		t.Errorf("a confirmation = %d, visited %v, want 200 and one visit", w.Code, visited.urls)
	}
	visited.broken = errors.New("no answer")
	if w := send(confirming, good, "key"); w.Code != 503 {
		t.Errorf("a confirmation that fails = %d, want 503", w.Code)
	}
	if n := events(t, confirming); n != 0 {
		t.Errorf("%d events are stored, want none", n)
	}
	idle := vendor(t, sns, nil)
	if w := send(idle, good, "key"); w.Code != 202 || events(t, idle) != 1 || len(visited.urls) != 2 {
		t.Errorf("without confirm = %d with %d events and %d visits, want the event alone", w.Code, events(t, idle), len(visited.urls))
	}
}

// The confirmer of an engine refuses what the guard refuses.
func TestConfirmationIsGuarded(t *testing.T) {
	pack := strings.Replace(sns, `hosts = [`, `hosts = ["confirm.localhost", `, 1)
	eng := vendor(t, pack, func(_ *engine.Config, s *engine.Source) { s.Confirm = true })
	body := `{"Type":"SubscriptionConfirmation","SubscribeURL":"https://confirm.localhost/"}`
	if w := call(t, eng.Handler(), "POST", "/in/in", body, "X-Sig", macHex("key", body)); w.Code != 503 {
		t.Errorf("a confirmation at a loopback address = %d, want 503", w.Code)
	}
}

func events(t *testing.T, eng *engine.Engine) int {
	t.Helper()
	found, err := eng.Store().Events(t.Context(), store.EventQuery{})
	if err != nil {
		t.Fatal(err)
	}
	return len(found)
}
