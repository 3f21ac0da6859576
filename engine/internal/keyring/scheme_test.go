package keyring_test

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/internal/keyring"
	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// fetched is a scheme whose keys are behind a URL that the request states.
func fetched(t *testing.T) *scheme.Scheme {
	t.Helper()
	s, err := scheme.Compile(scheme.Definition{
		Algorithm: "ed25519", Key: "ed25519",
		Signature: signatureIn("X-Signature"),
		Message:   scheme.MessageDef{{Text: "{header.x-time}.{body}"}},
		Keys: &scheme.KeysDef{
			URL: "{header.x-keys-url}", Hosts: []string{"keys.*.vendor.example"}, Path: "/certs/*.json",
			Format: "jwks", ID: "{header.x-key-id}",
		},
	}, scheme.EventDef{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// server answers for every host, and counts.
func server(t *testing.T, set *atomic.Value) (*http.Transport, *atomic.Int64) {
	t.Helper()
	asked := new(atomic.Int64)
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		fmt.Fprint(w, set.Load())
	}))
	t.Cleanup(srv.Close)
	transport := srv.Client().Transport.(*http.Transport).Clone()
	transport.TLSClientConfig.ServerName = "example.com"
	transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, srv.Listener.Addr().String())
	}
	t.Cleanup(transport.CloseIdleConnections)
	return transport, asked
}

func sent(key ed25519.PrivateKey, kid, url, body string) *webhook.Request {
	return &webhook.Request{
		Method: "POST", Target: "/in/vendor", Scheme: "https", Host: "hooks.example", Body: []byte(body),
		Header: http.Header{
			"X-Time": {"1"}, "X-Key-Id": {kid}, "X-Keys-Url": {url},
			"X-Signature": {hex.EncodeToString(ed25519.Sign(key, []byte("1."+body)))},
		},
	}
}

// judge is what an engine does with a request whose keys are fetched.
func judge(ctx context.Context, s *scheme.Scheme, ring *keyring.Ring, req *webhook.Request) (webhook.Verdict, error) {
	ref, needed, refusal := s.KeyRef(req)
	if refusal.Reason != "" {
		return refusal, nil
	}
	var keys []webhook.Secret
	if needed {
		var err error
		if keys, err = ring.Keys(ctx, ref, nil); err != nil {
			return webhook.Verdict{}, err
		}
	}
	return scheme.Verify(s, req, keys, time.Now()), nil
}

func TestSchemeWithFetchedKeys(t *testing.T) {
	var set atomic.Value
	set.Store(edSet(t, "a"))
	transport, asked := server(t, &set)
	ring := keyring.New(keyring.Config{Transport: transport})
	defer ring.Close()
	s := fetched(t)
	const url = "https://keys.eu.vendor.example/certs/live.json"

	forged := sent(edKey('z'), "a", url, "{}")
	unsigned := sent(edKey('a'), "a", url, "{}")
	unsigned.Header.Del("X-Signature")
	cut := sent(edKey('a'), "a", url, "{}")
	cut.Truncated = true
	for _, step := range []struct {
		name  string
		req   *webhook.Request
		want  webhook.Reason
		asked int64
	}{
		{"no signature", unsigned, webhook.SignatureMissing, 0},
		{"cut", cut, webhook.BodyTruncated, 0},
		{"another host", sent(edKey('a'), "a", "https://keys.eu.vendor.example.evil.example/certs/live.json", "{}"), webhook.KeyNotAllowed, 0},
		{"signed", sent(edKey('a'), "a", url, "{}"), "", 1},
		{"again", sent(edKey('a'), "a", url, `{"n":2}`), "", 1},
		{"forged", forged, webhook.SignatureMismatch, 1},
		{"unknown key", sent(edKey('b'), "b", url, "{}"), webhook.NoSecret, 1},
	} {
		v, err := judge(t.Context(), s, ring, step.req)
		if err != nil || v.Reason != step.want || v.Accepted() != (step.want == "") || asked.Load() != step.asked {
			t.Errorf("%s: verdict %+v, %v after %d fetches, want %q after %d", step.name, v, err, asked.Load(), step.want, step.asked)
		}
		if step.want == "" && v.Secret != "a" {
			t.Errorf("%s: the secret is %q, want the key's identifier", step.name, v.Secret)
		}
	}
}

// The keys of a source are its own: nothing of one scheme comes to another's
// algorithm, since a key that all can fetch is no shared secret.
func TestFetchedKeysAreNoSharedSecrets(t *testing.T) {
	_, err := scheme.Compile(scheme.Definition{
		Algorithm: "hmac-sha256", Signature: signatureIn("X-Signature"), Message: scheme.MessageDef{{Text: "{body}"}},
		Keys: &scheme.KeysDef{URL: "https://keys.vendor.example/jwks", Format: "jwks"},
	}, scheme.EventDef{}, nil)
	if err == nil {
		t.Error("Compile of an HMAC with fetched keys = nil, want an error")
	}
}
