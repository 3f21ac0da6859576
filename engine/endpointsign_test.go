package engine_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// wire is a listener that reads requests byte by byte and answers 200.
func wire(t *testing.T) (target string, requests chan string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	requests = make(chan string, 16)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			requests <- readOff(conn)
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
			conn.Close()
		}
	}()
	t.Cleanup(func() {
		listener.Close()
		<-done
	})
	return "http://" + listener.Addr().String(), requests
}

// readOff is a request as its bytes came, with a body as long as Content-Length
// says.
func readOff(conn net.Conn) string {
	var raw bytes.Buffer
	r := bufio.NewReader(io.TeeReader(conn, &raw))
	text := textproto.NewReader(r)
	length := 0
	for {
		line, err := text.ReadLine()
		if err != nil || line == "" {
			break
		}
		if name, value, ok := strings.Cut(line, ": "); ok && name == "Content-Length" {
			length, _ = strconv.Atoi(value)
		}
	}
	_, _ = io.CopyN(io.Discard, r, int64(length))
	return raw.String()
}

// Every delivery says on the wire how long it is, what it is called and of what
// type it is, whatever it is signed with.
func TestDeliveriesOnTheWire(t *testing.T) {
	db := openStore(t)
	secret := []engine.Secret{key(t, sharedKey)}
	endpoints := map[string]engine.Endpoint{
		"standard": {Secrets: secret},
		"chaindoc": {As: "chaindoc", Secrets: []engine.Secret{key(t, "k")}},
		"both":     {Secrets: secret, AlsoSign: []engine.Signing{{Sign: "chaindoc", Secrets: []engine.Secret{key(t, "k")}}}},
		"none":     {Sign: engine.NoVerification},
	}
	config := engine.Config{Store: db, Endpoints: endpoints, Transport: http.DefaultTransport}
	came := map[string]chan string{}
	for name, e := range endpoints {
		e.URL, came[name] = wire(t)
		endpoints[name] = e
		config.Subscriptions = append(config.Subscriptions, engine.Subscription{Source: engine.AppSource, Endpoint: name})
	}
	eng := open(t, config)
	run(t, eng)
	for _, body := range []string{`{"event":"document.signed"}`, `{"event":"document.signed","name":"é"}`} {
		id, err := eng.Publish(t.Context(), engine.Publication{Type: "document.signed", Body: []byte(body)})
		if err != nil {
			t.Fatal(err)
		}
		for name := range endpoints {
			raw := <-came[name]
			for _, line := range []string{
				fmt.Sprintf("Content-Length: %d", len(body)), "Webhook-Id: " + id, "Webhook-Type: document.signed",
				"User-Agent: " + engine.UserAgent, "Content-Type: application/json",
			} {
				if strings.Count(raw, "\r\n"+line+"\r\n") != 1 {
					t.Errorf("%s: %q is not there once in %q", name, line, raw)
				}
			}
			if strings.Contains(raw, "Transfer-Encoding") || !strings.HasSuffix(raw, "\r\n\r\n"+body) {
				t.Errorf("%s: the body did not come as it was published: %q", name, raw)
			}
			if chaindoc := strings.Contains(raw, "\r\nX-Webhook-Event: document.signed\r\n"); chaindoc != (name == "chaindoc" || name == "both") {
				t.Errorf("%s: X-Webhook-Event is there: %v", name, chaindoc)
			}
		}
	}
}

// mirror answers with the request that it got.
func mirror(t *testing.T) (string, chan http.Header) {
	t.Helper()
	headers := make(chan http.Header, 16)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		headers <- r.Header
		_ = r.Header.Write(w)
	}))
	t.Cleanup(server.Close)
	return server.URL, headers
}

func try(t *testing.T, e engine.Endpoint) (engine.Trial, error) {
	t.Helper()
	eng := open(t, engine.Config{Endpoints: map[string]engine.Endpoint{"out": e}, Transport: http.DefaultTransport})
	return eng.Try(t.Context(), "out", engine.Publication{Type: "a.b", Body: []byte("{}")})
}

func ended(s engine.Secret) engine.Secret {
	s.NotAfter = time.Now().Add(-time.Hour)
	return s
}

func later(s engine.Secret) engine.Secret {
	s.NotBefore = time.Now().Add(time.Hour)
	return s
}

// The credentials and secret headers of an endpoint are sent, and shown nowhere, not
// even where the endpoint repeats them.
func TestCredentialsOfEndpoints(t *testing.T) {
	const password, token, apiKey = "user:pass-wörd-1", "token-hunter2", "key-hunter2"
	target, headers := mirror(t)
	base := engine.Endpoint{URL: target, Secrets: []engine.Secret{key(t, sharedKey)}, SecretHeaders: map[string]engine.Secret{"x-api-key": key(t, apiKey)}}
	basic, bearer := base, base
	basic.Basic = []engine.Secret{ended(key(t, "old:password")), later(key(t, "new:password")), key(t, password)}
	bearer.Bearer = []engine.Secret{key(t, token), key(t, "token-second")}
	for want, e := range map[string]engine.Endpoint{
		"Basic " + base64.StdEncoding.EncodeToString([]byte(password)): basic,
		"Bearer " + token: bearer,
	} {
		made, err := try(t, e)
		if err != nil || made.Attempt.Status != http.StatusOK {
			t.Fatalf("Try = %+v, %v, want 200", made.Attempt, err)
		}
		h := <-headers
		if h.Get("Authorization") != want || h.Get("X-Api-Key") != apiKey {
			t.Errorf("sent %q and %q, want %q and %q", h.Get("Authorization"), h.Get("X-Api-Key"), want, apiKey)
		}
		shown := fmt.Sprintf("%+v %s", made, made.Attempt.Response)
		for _, secret := range []string{password, token, apiKey, want, sharedKey, strings.TrimPrefix(sharedKey, "whsec_")} {
			if strings.Contains(shown, secret) {
				t.Errorf("the trial shows %q: %s", secret, shown)
			}
		}
		if made.Header.Get("Webhook-Signature") == "" || made.Header.Get("Webhook-Signature") != h.Get("Webhook-Signature") {
			t.Errorf("the trial shows the signature %q, want the one sent, %q", made.Header.Get("Webhook-Signature"), h.Get("Webhook-Signature"))
		}
	}
	bearer.Bearer = []engine.Secret{ended(key(t, token))}
	if _, err := try(t, bearer); err == nil || !strings.Contains(err.Error(), "counts now") || strings.Contains(err.Error(), token) {
		t.Errorf("Try with a credential that ended = %v, want an error without it", err)
	}
}

// A scheme that signs with the secret itself does not show it either.
func TestTrialHidesTokens(t *testing.T) {
	target, _ := mirror(t)
	made, err := try(t, engine.Endpoint{URL: target + "/path?token=hunter2", Sign: "gitlab-token", Secrets: []engine.Secret{key(t, "gitlab token")}})
	if err != nil {
		t.Fatal(err)
	}
	if shown := fmt.Sprintf("%+v %s", made, made.Attempt.Response); strings.Contains(shown, "gitlab token") || strings.Contains(shown, "hunter2") {
		t.Errorf("the trial shows the secret: %s", shown)
	}
	if got := made.Header.Get("X-Gitlab-Token"); got != "[redacted]" {
		t.Errorf("X-Gitlab-Token = %q, want [redacted]", got)
	}
}

// Svix reads the id from either of two headers, and refuses a request with both.
func TestIdentityLeavesTheSchemeItsHeaders(t *testing.T) {
	target, headers := mirror(t)
	if _, err := try(t, engine.Endpoint{URL: target, Sign: "svix", Secrets: []engine.Secret{key(t, sharedKey)}}); err != nil {
		t.Fatal(err)
	}
	h := <-headers
	if h.Get("Svix-Id") == "" || len(h["Webhook-Id"]) > 0 || h.Get("Webhook-Type") != "a.b" {
		t.Errorf("headers = %v, want Svix-Id and Webhook-Type and no Webhook-Id", h)
	}
	expectVerifies(t, "svix", key(t, sharedKey), &webhook.Request{Method: "POST", Target: "/", Scheme: "http", Header: h, Body: []byte("{}")})
}

// Secrets are looked at when an attempt is made, not when the file is read.
func TestSecretsCountAtTheAttempt(t *testing.T) {
	target, headers := mirror(t)
	good, old, fresh := key(t, sharedKey), ended(key(t, olderKey)), later(key(t, olderKey))
	for _, secrets := range [][]engine.Secret{{old, good}, {good, fresh}, {old, fresh, good}} {
		if _, err := try(t, engine.Endpoint{URL: target, Secrets: secrets}); err != nil {
			t.Fatal(err)
		}
		h := <-headers
		if got := strings.Count(h.Get("Webhook-Signature"), "v1,"); got != 1 {
			t.Errorf("%d signatures, want that of the secret that counts", got)
		}
	}
	if _, err := try(t, engine.Endpoint{URL: target, Secrets: []engine.Secret{old, fresh}}); err == nil || !strings.Contains(err.Error(), "counts now") {
		t.Errorf("Try = %v, want an error: no secret counts", err)
	}
}

func TestTryErrors(t *testing.T) {
	eng := open(t, engine.Config{Endpoints: map[string]engine.Endpoint{
		"out": {URL: "http://127.0.0.1:1", As: "chaindoc", Secrets: []engine.Secret{key(t, "chaindoc secret")}},
	}, Transport: http.DefaultTransport})
	if _, err := eng.Try(t.Context(), "other", engine.Publication{}); !errors.Is(err, engine.ErrUnknownEndpoint) {
		t.Errorf("Try = %v, want ErrUnknownEndpoint", err)
	}
	if _, err := eng.Try(t.Context(), "out", engine.Publication{Type: "a", Body: []byte("no JSON")}); err == nil || !strings.Contains(err.Error(), "JSON") {
		t.Errorf("Try = %v, want an error: Chaindoc signs JSON", err)
	}
	if _, err := eng.Try(t.Context(), "out", engine.Publication{Type: "a\r\nX-Evil: 1", Body: []byte("{}")}); err == nil {
		t.Error("Try with a type of two lines = nil, want an error")
	}
	made, err := eng.Try(t.Context(), "out", engine.Publication{Type: "a", Body: []byte(`{"event":"a"}`)})
	if err != nil || made.Attempt.Status != 0 || made.Attempt.Error == "" {
		t.Errorf("Try of a closed port = %+v, %v, want an attempt with an error", made.Attempt, err)
	}
	if err := eng.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := eng.Try(t.Context(), "out", engine.Publication{}); !errors.Is(err, engine.ErrClosed) {
		t.Errorf("Try after Close = %v, want ErrClosed", err)
	}
}

// What cannot be sent as it is said is a fault at load, by its key.
func TestEndpointSigningFaults(t *testing.T) {
	good, chaindoc := []engine.Secret{key(t, sharedKey)}, []engine.Secret{key(t, "chaindoc secret")}
	also := func(s ...engine.Signing) engine.Endpoint { return engine.Endpoint{Secrets: good, AlsoSign: s} }
	with := func(change func(*engine.Endpoint)) engine.Endpoint {
		e := engine.Endpoint{Secrets: good}
		change(&e)
		return e
	}
	for _, test := range []struct {
		key, want string
		endpoint  engine.Endpoint
	}{
		{"also_sign", "both write the header Webhook-Signature", also(engine.Signing{Sign: "standard-webhooks", Secrets: good})},
		{"also_sign", "svix signs the header Webhook-Id", also(engine.Signing{Sign: "svix", Secrets: good})},
		{"also_sign[0].sign", "is missing", also(engine.Signing{Secrets: good})},
		{"also_sign[0].sign", "is missing", also(engine.Signing{Sign: "none"})},
		{"also_sign[1].sign", "unknown provider", also(engine.Signing{Sign: "chaindoc", Secrets: chaindoc}, engine.Signing{Sign: "chaindok", Secrets: chaindoc})},
		{"also_sign[0].secret", "no secret to sign with as chaindoc", also(engine.Signing{Sign: "chaindoc"})},
		{"also_sign[0].secret", "is a public key", also(engine.Signing{Sign: "standard-webhooks-v1a", Secrets: []engine.Secret{key(t, publicKey)}})},
		{"also_sign[0].settings", "unknown setting", also(engine.Signing{Sign: "chaindoc", Secrets: chaindoc, Settings: map[string]string{"x": "y"}})},
		{"sign", "scheme cannot sign", engine.Endpoint{Sign: "liqpay-v1", Secrets: good}},
		{"sign", "signs nothing", engine.Endpoint{Sign: "none", AlsoSign: []engine.Signing{{Sign: "chaindoc", Secrets: chaindoc}}}},
		{"secret", "is a public key", engine.Endpoint{Sign: "standard-webhooks-v1a", Secrets: []engine.Secret{key(t, publicKey)}}},
		{"bearer", "one Authorization", with(func(e *engine.Endpoint) { e.Basic, e.Bearer = []engine.Secret{key(t, "u:password")}, chaindoc })},
		{"basic", "not user:password", with(func(e *engine.Endpoint) { e.Basic = []engine.Secret{key(t, "password")} })},
		{"basic", "control character", with(func(e *engine.Endpoint) { e.Basic = []engine.Secret{key(t, "u:p\r\nX-Evil: 1")} })},
		{"bearer", "white space", with(func(e *engine.Endpoint) { e.Bearer = chaindoc })},
		{"headers.Authorization", "the credentials", with(func(e *engine.Endpoint) {
			e.Basic, e.Headers = []engine.Secret{key(t, "u:password")}, map[string]string{"Authorization": "x"}
		})},
		{"headers.webhook-signature", "holds the signature", with(func(e *engine.Endpoint) { e.Headers = map[string]string{"webhook-signature": "x"} })},
		{"headers.Webhook-Id", "holds the id", with(func(e *engine.Endpoint) {
			e.SecretHeaders = map[string]engine.Secret{"Webhook-Id": key(t, "secret id")}
		})},
		{"headers.X-Key", "control character", with(func(e *engine.Endpoint) { e.SecretHeaders = map[string]engine.Secret{"X-Key": key(t, "secret\nid")} })},
	} {
		test.endpoint.URL = "https://crm.example/hooks"
		_, err := engine.Open(engine.Config{Endpoints: map[string]engine.Endpoint{"out": test.endpoint}})
		if err == nil || !strings.Contains(err.Error(), `endpoint "out": `+test.key+": ") || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: Open = %v, want a fault with %q", test.key, err, test.want)
		}
		for _, secret := range []string{sharedKey, publicKey, "chaindoc secret", "password\"", "u:p", "secret id"} {
			if err != nil && strings.Contains(err.Error(), secret) {
				t.Errorf("%s: %v shows a secret", test.key, err)
			}
		}
	}
	withUser := engine.Endpoint{URL: "https://u:p@crm.example/", Secrets: good, Bearer: []engine.Secret{key(t, "token")}}
	if _, err := engine.Open(engine.Config{Endpoints: map[string]engine.Endpoint{"out": withUser}}); err == nil || !strings.Contains(err.Error(), "user already") {
		t.Errorf("Open = %v, want a fault: the URL has a user", err)
	}
}

// Neither logs nor what is stored of an attempt hold a credential, though the
// endpoint fails.
func TestCredentialsAreNotLogged(t *testing.T) {
	failing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusTeapot)
		_ = r.Header.Write(w)
	}))
	defer failing.Close()
	for name, target := range map[string]string{"nobody listens": "http://127.0.0.1:1", "refused with the request": failing.URL} {
		t.Run(name, func(t *testing.T) { expectNoCredential(t, target+"/?token=url-hunter2") })
	}
}

func expectNoCredential(t *testing.T, target string) {
	log := &watchedLog{seen: make(chan struct{}, 16), text: "attempt failed"}
	db := openStore(t)
	e := engine.Endpoint{
		URL: target, Secrets: []engine.Secret{key(t, sharedKey)}, Retry: []time.Duration{},
		Bearer: []engine.Secret{key(t, "bearer-hunter2")}, SecretHeaders: map[string]engine.Secret{"X-Key": key(t, "header-hunter2")},
	}
	eng := open(t, engine.Config{
		Store: db, Endpoints: map[string]engine.Endpoint{"out": e}, Transport: http.DefaultTransport,
		Subscriptions: []engine.Subscription{{Source: engine.AppSource, Endpoint: "out"}},
		Logger:        slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- eng.Run(ctx) }()
	if _, err := eng.Publish(t.Context(), engine.Publication{Type: "a.b", Body: []byte("{}")}); err != nil {
		t.Fatal(err)
	}
	<-log.seen
	stop()
	if err := <-ran; err != nil {
		t.Fatal(err)
	}
	list, err := db.Deliveries(t.Context(), store.DeliveryQuery{Limit: 10})
	if err != nil || len(list) != 1 {
		t.Fatalf("Deliveries = %v, %v, want one", list, err)
	}
	attempts, err := db.Attempts(t.Context(), list[0].ID)
	if err != nil || len(attempts) != 1 {
		t.Fatalf("Attempts = %v, %v, want one", attempts, err)
	}
	for what, shown := range map[string]string{"the store": fmt.Sprintf("%+v %+v", list, attempts), "the log": log.String()} {
		if strings.Contains(shown, "hunter2") || !strings.Contains(shown, list[0].ID) {
			t.Errorf("%s holds a credential, or nothing of the delivery: %s", what, shown)
		}
	}
	if shown := fmt.Sprintf("%+v", e); strings.Contains(shown, "bearer-hunter2") || strings.Contains(shown, "header-hunter2") {
		t.Errorf("printing the endpoint shows a credential: %s", shown)
	}
}

// watchedLog keeps what is logged, and tells when a text is. The handler writes one
// line at a time.
type watchedLog struct {
	bytes.Buffer
	text string
	seen chan struct{}
}

func (l *watchedLog) Write(p []byte) (int, error) {
	n, err := l.Buffer.Write(p)
	if bytes.Contains(p, []byte(l.text)) {
		l.seen <- struct{}{}
	}
	return n, err
}
