package gateway_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/hookseal/hookseal/engine/connect/gateway"
	"github.com/hookseal/hookseal/engine/enginetest"
)

func TestConformance(t *testing.T) {
	for _, tt := range []struct {
		name  string
		serve func(*testing.T, http.Handler) gateway.Config
	}{
		{"HTTP/1.1", func(t *testing.T, app http.Handler) gateway.Config {
			return gateway.Config{Upstream: "http://" + enginetest.Serve(t, app)}
		}},
		{"HTTP/2 over TLS", overHTTP2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			enginetest.Run(t, enginetest.Connector{Start: func(t *testing.T, s enginetest.Setup) enginetest.Entry {
				return enginetest.Entry{Addr: enginetest.Serve(t, newGateway(t, s.Engine, s.Source, tt.serve(t, s.App)))}
			}})
		})
	}
}

// overHTTP2 serves an application over TLS and leads there.
func overHTTP2(t *testing.T, app http.Handler) gateway.Config {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 2 {
			t.Errorf("the application was called by %s, want HTTP/2", r.Proto)
		}
		app.ServeHTTP(w, r)
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	transport := server.Client().Transport.(*http.Transport)
	transport.DisableCompression = true
	return gateway.Config{Upstream: server.URL, Transport: transport}
}
