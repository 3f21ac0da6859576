package dispatch_test

import (
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookseal/hookseal/engine/internal/dispatch"
	"github.com/hookseal/hookseal/engine/webhook"
)

// The last attempt of a delivery is logged as a warning, so that a log of warnings
// shows what only an operator can help; those before it are not.
func TestExhaustedIsAWarning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := openStore(t)
		var log strings.Builder
		accept(t, st, 1, "", "crm")
		_, stop := start(t, dispatch.Config{
			Store: st, Transport: &network{answer: func(int, received) (*http.Response, error) { return status(500), nil }},
			Endpoints: map[string]dispatch.Endpoint{"crm": endpoint("crm", webhook.DeliveryPolicy{Retry: []time.Duration{time.Minute}})},
			Log:       slog.New(slog.NewTextHandler(&log, nil)),
		})
		pass(time.Hour)
		stop()
		for _, want := range []string{`level=INFO msg="attempt failed" .*now=pending`, `level=WARN msg="attempt failed" .*now=exhausted`} {
			if n := len(regexp.MustCompile(want).FindAllString(log.String(), -1)); n != 1 {
				t.Errorf("the log has %d lines like %q, want 1:\n%s", n, want, &log)
			}
		}
	})
}
