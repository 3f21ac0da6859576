package enginetest

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Connector is an entry point under test.
type Connector struct {
	// Start serves an application behind the connector until the test ends. It
	// is called several times.
	Start func(t *testing.T, s Setup) Entry
	// NoHTTP2 says why the connector takes no HTTP/2 without TLS; empty for one
	// that does.
	NoHTTP2 string
}

// Setup is what a connector connects.
type Setup struct {
	// Engine judges; it trusts proxies on loopback addresses.
	Engine *engine.Engine
	// Source is the source that every request is for.
	Source string
	// App is the application. A connector of a framework without net/http calls
	// it with a request of the raw body and header that the framework hands on.
	App http.Handler
}

// Entry is where a connector listens.
type Entry struct {
	// Addr is a host and port that takes HTTP/1.1, and HTTP/2 by prior knowledge.
	Addr string
	// Down takes the engine away as the connector could lose it; nil closes it.
	Down func()
}

// Serve serves a handler over HTTP/1.1 and HTTP/2 without TLS on a loopback
// address until the test ends, and returns the address.
func Serve(t *testing.T, h http.Handler) string {
	t.Helper()
	server := httptest.NewUnstartedServer(h)
	server.Config.Protocols = new(http.Protocols)
	server.Config.Protocols.SetHTTP1(true)
	server.Config.Protocols.SetUnencryptedHTTP2(true)
	server.Start()
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// The sources of the suite. A limit of bodies stands for every other reason why
// only a part might be read.
const (
	signedSource    = "signed"
	challengeSource = "challenges"
	secretText      = "conformance-secret"
	secretLabel     = "conformance"
	maxBody         = 512 << 10
)

func openEngine(t *testing.T) *engine.Engine {
	t.Helper()
	secret, err := webhook.NewSecret(secretLabel, []byte(secretText))
	if err != nil {
		t.Fatal(err)
	}
	eng, err := engine.Open(engine.Config{
		Sources: map[string]engine.Source{
			signedSource:    {Provider: "qualifio", Secrets: webhook.Secrets{secret}, MaxBody: maxBody},
			challengeSource: {Provider: "slack", Secrets: webhook.Secrets{secret}},
		},
		TrustedProxies: loopback(),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := eng.Close(); err != nil {
			t.Error(err)
		}
	})
	return eng
}
