package engine

import (
	"slices"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/webhook"
)

// An endpoint that plays a provider's sender tries, waits and gives up as the
// provider's page says.
func TestRolesOfSenders(t *testing.T) {
	secret, err := NewSecret("s", []byte("a secret of the vendor"))
	if err != nil {
		t.Fatal(err)
	}
	s := &snapshot{config: Config{Catalog: catalog.Builtin()}}
	for _, test := range []struct {
		as       string
		retry    []time.Duration
		failures int
	}{
		{"chaindoc", []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute}, 0},
		{"dastra", nil, 5},
		{"smino", nil, 0},
		{"seatable", nil, 0},
		{"qualifio", nil, 0},
	} {
		e, err := s.openEndpoint("out", Endpoint{URL: "https://shop.example/", As: test.as, Secrets: []Secret{secret}})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(e.Policy.Retry, test.retry) || e.Timeout != 30*time.Second {
			t.Errorf("%s: retry = %v after %v, want %v after 30s", test.as, e.Policy.Retry, e.Timeout, test.retry)
		}
		if e.Policy.DisableAfter.Failures != test.failures || e.Policy.DisableAfter.Attempts {
			t.Errorf("%s: disabled after %+v, by attempts: %v, want after %d deliveries", test.as, e.Policy.DisableAfter, e.Policy.DisableAfter.Attempts, test.failures)
		}
		// The page's threshold is exceeded by one failure more.
		health := webhook.Health{Endpoint: "out"}
		for n := range 7 {
			next := e.Policy.After(len(test.retry)+1, webhook.Attempt{Status: 500}, time.Unix(0, 0), 0)
			if next.State != webhook.Exhausted {
				t.Fatalf("%s: after the last attempt the delivery is %v, want exhausted", test.as, next.State)
			}
			health = health.Apply(next.Health, e.Policy.DisableAfter, time.Unix(int64(n), 0))
			if want := test.failures > 0 && n+1 > test.failures; health.Disabled != want {
				t.Errorf("%s: after %d failures disabled = %v, want %v", test.as, n+1, health.Disabled, want)
			}
		}
		own := Endpoint{URL: "https://shop.example/", As: test.as, Secrets: []Secret{secret}, Retry: []time.Duration{time.Second}, Timeout: time.Second, DisableAfter: &DisableAfter{Failures: 2}}
		if e, err = s.openEndpoint("out", own); err != nil || len(e.Policy.Retry) != 1 || e.Timeout != time.Second || e.Policy.DisableAfter.Failures != 2 {
			t.Errorf("%s: its own keys give %+v and %v, %v, want them to win", test.as, e.Policy, e.Timeout, err)
		}
	}
}
