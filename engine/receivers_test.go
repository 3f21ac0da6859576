package engine_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// receivers holds receivers that were written by the vendors' pages.
const receivers = "../testdata/receivers"

// receiverCommand returns the command that runs a receiver on a port. It skips the
// test where a tool is missing, and fails it where HOOKSEAL_CI is set.
func receiverCommand(t *testing.T, file, port string) *exec.Cmd {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(receivers, file))
	if err != nil {
		t.Fatal(err)
	}
	tool := func(name string) string {
		found, err := exec.LookPath(name)
		switch {
		case err == nil:
			return found
		case os.Getenv("HOOKSEAL_CI") != "":
			t.Fatalf("%s is needed here: %v", name, err)
		}
		t.Skipf("%s is not installed: %v", name, err)
		return ""
	}
	switch filepath.Ext(file) {
	case ".php":
		return exec.Command(tool("php"), "-S", "127.0.0.1:"+port, path)
	case ".py":
		return exec.Command(tool("python3"), path, port)
	case ".mjs":
		return exec.Command(tool("node"), path, port)
	}
	program := filepath.Join(t.TempDir(), "receive.exe")
	if out, err := exec.Command(tool("mcs"), "-out:"+program, path).CombinedOutput(); err != nil {
		t.Fatalf("mcs: %v\n%s", err, out)
	}
	return exec.Command(tool("mono"), program, port)
}

// startReceiver runs a receiver that knows the secret, until the test ends.
func startReceiver(t *testing.T, file, secret string) string {
	t.Helper()
	port := freePort(t)
	cmd := receiverCommand(t, file, port)
	cmd.Env = append(os.Environ(), "SECRET="+secret)
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = in, in
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	in.Close()
	lines := bufio.NewScanner(out)
	var said []string
	started := false
	for !started && lines.Scan() {
		said = append(said, lines.Text())
		started = strings.Contains(lines.Text(), "started")
	}
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		_, _ = io.Copy(io.Discard, out)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		<-drained
		out.Close()
	})
	if !started {
		t.Fatalf("%s did not start: %s", file, strings.Join(said, "\n"))
	}
	return "http://127.0.0.1:" + port
}

func freePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// between passes requests on after a change, as somebody on the way could.
func between(t *testing.T, target string, change func(h http.Header, body []byte) []byte) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		header := r.Header.Clone()
		changed := change(header, bytes.Clone(body))
		out, err := http.NewRequestWithContext(r.Context(), r.Method, target, bytes.NewReader(changed))
		if err != nil {
			t.Error(err)
			return
		}
		out.Header = header
		resp, err := http.DefaultTransport.RoundTrip(out)
		if err != nil {
			t.Error(err)
			return
		}
		resp.Body.Close()
		w.WriteHeader(resp.StatusCode)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// trySamples sends every sample event of a pack to an endpoint, and returns the
// statuses by the names of the events.
func trySamples(t *testing.T, pack string, e engine.Endpoint) map[string]int {
	t.Helper()
	eng, err := engine.Open(engine.Config{
		Endpoints: map[string]engine.Endpoint{"out": e}, Transport: http.DefaultTransport,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer eng.Close()
	p, err := catalog.Builtin().Open(t.Context(), pack, catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	samples, err := p.Samples()
	if err != nil || len(samples) == 0 {
		t.Fatalf("Samples = %v, %v, want some", samples, err)
	}
	statuses := map[string]int{}
	for _, s := range samples {
		made, err := eng.Try(t.Context(), "out", engine.Publication{Type: s.Type, Body: s.Body})
		if err != nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
		if made.Attempt.Error != "" {
			t.Fatalf("%s: %s", s.Name, made.Attempt.Error)
		}
		statuses[s.Name] = made.Attempt.Status
	}
	return statuses
}

func wantAll(t *testing.T, what string, statuses map[string]int, want int) {
	t.Helper()
	for name, status := range statuses {
		if status != want {
			t.Errorf("%s: %s: status = %d, want %d", what, name, status, want)
		}
	}
}

// What hookseal sends as a vendor, the receivers of the vendor's page accept; they
// refuse it under another secret, without its signature, and changed on the way.
func TestReceiversOfThePages(t *testing.T) {
	lastSecond := func(_ http.Header, body []byte) []byte {
		return bytes.Replace(body, []byte("04:05"), []byte("04:06"), 1)
	}
	latin1 := map[string]string{"key": "latin1-as-utf8"}
	otherType := func(h http.Header, body []byte) []byte {
		h.Set("X-Webhook-Event", "document.rejected")
		return body
	}
	for _, test := range []struct {
		pack, file, secret string
		settings           map[string]string
		// change is one more that must be refused.
		change func(http.Header, []byte) []byte
	}{
		{"dastra", "dastra/receive.php", "cle-de-validation", nil, nil},
		{"dastra", "dastra/receive.php", "clé-de-validation-ß", latin1, nil},
		{"dastra", "dastra/Receive.cs", "clé-de-validation-ß", nil, nil},
		{"smino", "smino/Receive.cs", "smino secret", nil, lastSecond},
		{"seatable", "seatable/receive.py", "seatable secret", nil, nil},
		{"seatable", "seatable/receive.php", "seatable secret", nil, nil},
		{"qualifio", "qualifio/receive.mjs", "qualifio secret", nil, nil},
		{"chaindoc", "chaindoc/receive.mjs", "chaindoc secret", nil, otherType},
	} {
		t.Run(test.file, func(t *testing.T) {
			target := startReceiver(t, test.file, test.secret)
			e := engine.Endpoint{URL: target, As: test.pack, Settings: test.settings, Secrets: []engine.Secret{key(t, test.secret)}}
			wantAll(t, "as it is", trySamples(t, test.pack, e), http.StatusOK)

			other := e
			other.Secrets = []engine.Secret{key(t, test.secret+"!")}
			wantAll(t, "another secret", trySamples(t, test.pack, other), http.StatusUnauthorized)

			changes := map[string]func(http.Header, []byte) []byte{
				"no signature": func(h http.Header, body []byte) []byte {
					for name := range h {
						if strings.Contains(name, "Signature") {
							delete(h, name)
						}
					}
					return body
				},
				"first value": func(_ http.Header, body []byte) []byte {
					return bytes.Replace(body, []byte(`":"`), []byte(`":"x`), 1)
				},
			}
			if test.change != nil {
				changes["its own"] = test.change
			}
			for what, change := range changes {
				changed := e
				changed.URL = between(t, target, change)
				wantAll(t, what, trySamples(t, test.pack, changed), http.StatusUnauthorized)
			}
			untouched := e
			untouched.URL = between(t, target, func(_ http.Header, body []byte) []byte { return body })
			wantAll(t, "passed on", trySamples(t, test.pack, untouched), http.StatusOK)
		})
	}
}

const (
	sharedKey  = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	olderKey   = "whsec_YW5vdGhlciBrZXkgKzEvMjM0NTY3OA=="
	privateKey = "whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2DXWpgBgrEKt9VL/tPJZAc6DuFy89qmIyWvAhpo9wdRGg==" // RFC 8032, 7.1, test 1
	publicKey  = "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
)

// Both versions of Standard Webhooks stand in one header, each signed with all of
// its secrets, and a receiver that wants all of them finds them.
func TestReceiverOfStandardWebhooks(t *testing.T) {
	const file = "standard-webhooks/receive.mjs"
	shared, older := key(t, sharedKey), key(t, olderKey)
	private := key(t, privateKey)
	both := engine.Endpoint{
		Secrets:  []engine.Secret{shared, older},
		AlsoSign: []engine.Signing{{Sign: "standard-webhooks-v1a", Secrets: []engine.Secret{private}}},
	}
	swapped := engine.Endpoint{
		Sign: "standard-webhooks-v1a", Secrets: both.AlsoSign[0].Secrets,
		AlsoSign: []engine.Signing{{Sign: "standard-webhooks", Secrets: both.Secrets}},
	}
	all := startReceiver(t, file, sharedKey+" "+olderKey+" "+publicKey)
	alone := startReceiver(t, file, publicKey)
	stranger := startReceiver(t, file, "whsec_c3RyYW5nZSBrZXkgKzEvMjM0NTY3OA==")
	for name, e := range map[string]engine.Endpoint{"both": both, "swapped": swapped} {
		for target, want := range map[string]int{all: http.StatusOK, alone: http.StatusOK, stranger: http.StatusUnauthorized} {
			e.URL = target
			wantAll(t, name, trySamples(t, "standard-webhooks", e), want)
			e.URL = between(t, target, func(_ http.Header, body []byte) []byte { return append(body, ' ') })
			wantAll(t, name+", changed", trySamples(t, "standard-webhooks", e), http.StatusUnauthorized)
		}
	}
	for version, keys := range map[string]webhook.Secret{"standard-webhooks": shared, "standard-webhooks-v1a": private} {
		p, err := catalog.Builtin().Open(t.Context(), version, catalog.Options{})
		if err != nil {
			t.Fatal(err)
		}
		target := alone
		if version == "standard-webhooks" {
			target = startReceiver(t, file, sharedKey)
		}
		for age, want := range map[time.Duration]int{0: http.StatusOK, 6 * time.Minute: http.StatusUnauthorized, -6 * time.Minute: http.StatusUnauthorized} {
			req := &webhook.Request{Body: []byte("{}")}
			if err := p.Sign(req, scheme.Message{ID: "msg_1", Time: time.Now().Add(-age)}, []webhook.Secret{keys}); err != nil {
				t.Fatal(err)
			}
			if got := postTo(t, target, req); got != want {
				t.Errorf("%s, %v old: status = %d, want %d", version, age, got, want)
			}
		}
	}
}

func postTo(t *testing.T, target string, req *webhook.Request) int {
	t.Helper()
	out, err := http.NewRequestWithContext(context.Background(), http.MethodPost, target, bytes.NewReader(req.Body))
	if err != nil {
		t.Fatal(err)
	}
	out.Header = req.Header
	resp, err := http.DefaultTransport.RoundTrip(out)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}
