package telemetry_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/telemetry"
	"github.com/hookseal/hookseal/engine/webhook"
)

// scrape returns the lines of hookseal's own metrics, without the buckets.
func scrape(t *testing.T, m *telemetry.Metrics) []string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != 200 {
		t.Fatalf("status = %d, want 200: %s", w.Code, w.Body)
	}
	var lines []string
	for line := range strings.Lines(w.Body.String()) {
		if strings.HasPrefix(line, "hookseal_") && !strings.Contains(line, "_bucket{") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	slices.Sort(lines)
	return lines
}

func TestMetrics(t *testing.T) {
	m := telemetry.New()
	m.Received(engine.Reception{Source: "contracts", Answer: "accepted", Secret: "2026", Took: 250 * time.Millisecond})
	m.Received(engine.Reception{Source: "contracts", Answer: "refused", Reason: webhook.SignatureMismatch, Took: 250 * time.Millisecond})
	m.Received(engine.Reception{Answer: "refused", Reason: webhook.UnknownSource, Took: 500 * time.Millisecond})
	for _, status := range []int{204, 301, 404, 503, 0, 700} {
		m.Attempted("crm", webhook.Attempt{Status: status, Duration: time.Second})
	}
	m.Finished(webhook.Delivery{ID: "dlv_1", Endpoint: "crm", State: webhook.Exhausted})
	m.TransformFailed("to-crm", fmt.Errorf("run: %w", &webhook.GuestError{Kind: webhook.GuestTimeout}))
	m.TransformFailed("to-crm", errors.New("the guest is not loaded"))
	m.EndpointDisabled(webhook.Health{Endpoint: "crm"})
	m.GuestCalled(engine.GuestCall{Guest: "to-crm.ts", Hook: webhook.HookTransform, Took: time.Second})
	m.GuestCalled(engine.GuestCall{Guest: "rule.wasm", Hook: webhook.HookClaim, Took: 2 * time.Second})
	m.StoreCalled(engine.StoreCall{Operation: "accept", Took: time.Second})
	m.StoreCalled(engine.StoreCall{Operation: "accept", Took: time.Second, Err: errors.New("disk full")})
	m.Configured(time.Unix(1000, 0))
	m.Reloaded(time.Unix(1001, 500_000_000), nil)
	m.Reloaded(time.Unix(1002, 0), errors.New("a fault"))
	m.Reloaded(time.Unix(1003, 0), errors.New("a fault"))
	want := []string{
		`hookseal_attempt_duration_seconds_count{endpoint="crm"} 6`,
		`hookseal_attempt_duration_seconds_sum{endpoint="crm"} 6`,
		`hookseal_attempts_total{endpoint="crm",outcome="2xx"} 1`,
		`hookseal_attempts_total{endpoint="crm",outcome="3xx"} 1`,
		`hookseal_attempts_total{endpoint="crm",outcome="4xx"} 1`,
		`hookseal_attempts_total{endpoint="crm",outcome="5xx"} 1`,
		`hookseal_attempts_total{endpoint="crm",outcome="error"} 2`,
		`hookseal_build_info{version="0.1.0"} 1`,
		`hookseal_config_last_success_timestamp_seconds 1001.5`,
		`hookseal_config_reloads_total{result="applied"} 1`,
		`hookseal_config_reloads_total{result="refused"} 2`,
		`hookseal_deliveries_finished_total{endpoint="crm",state="exhausted"} 1`,
		`hookseal_endpoint_disabled_total{endpoint="crm"} 1`,
		`hookseal_guest_call_duration_seconds_count{hook="claim",kind="wasm"} 1`,
		`hookseal_guest_call_duration_seconds_count{hook="transform",kind="js"} 1`,
		`hookseal_guest_call_duration_seconds_sum{hook="claim",kind="wasm"} 2`,
		`hookseal_guest_call_duration_seconds_sum{hook="transform",kind="js"} 1`,
		`hookseal_request_duration_seconds_count{answer="accepted"} 1`,
		`hookseal_request_duration_seconds_count{answer="refused"} 2`,
		`hookseal_request_duration_seconds_sum{answer="accepted"} 0.25`,
		`hookseal_request_duration_seconds_sum{answer="refused"} 0.75`,
		`hookseal_requests_total{answer="accepted",reason="",source="contracts"} 1`,
		`hookseal_requests_total{answer="refused",reason="signature_mismatch",source="contracts"} 1`,
		`hookseal_requests_total{answer="refused",reason="unknown_source",source=""} 1`,
		`hookseal_secret_matches_total{secret="2026",source="contracts"} 1`,
		`hookseal_store_call_duration_seconds_count{operation="accept"} 2`,
		`hookseal_store_call_duration_seconds_sum{operation="accept"} 2`,
		`hookseal_store_failures_total{operation="accept"} 1`,
		`hookseal_transform_failures_total{kind="other",subscription="to-crm"} 1`,
		`hookseal_transform_failures_total{kind="timeout",subscription="to-crm"} 1`,
	}
	if got := scrape(t, m); !slices.Equal(got, want) {
		t.Errorf("scrape =\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A source of secrets that labels each one otherwise does not make the metrics
// grow.
func TestSecretLabelsAreBounded(t *testing.T) {
	m := telemetry.New()
	for round := range 2 {
		for i := range 100 {
			m.Received(engine.Reception{Source: "shops", Answer: "accepted", Secret: fmt.Sprint("shop-", i)})
		}
		m.Received(engine.Reception{Source: "contracts", Answer: "accepted", Secret: fmt.Sprint("label-", round)})
	}
	got := slices.DeleteFunc(scrape(t, m), func(line string) bool { return !strings.HasPrefix(line, "hookseal_secret_matches_total") })
	if len(got) != 32+1+2 {
		t.Errorf("%d series, want 32 labels of shops, their rest and 2 of contracts: %q", len(got), got)
	}
	for _, want := range []string{
		`hookseal_secret_matches_total{secret="other",source="shops"} 136`,
		`hookseal_secret_matches_total{secret="shop-31",source="shops"} 2`,
		`hookseal_secret_matches_total{secret="label-1",source="contracts"} 1`,
	} {
		if !slices.Contains(got, want) {
			t.Errorf("scrape lacks %s: %q", want, got)
		}
	}
}

// Ten thousand endpoints do not make ten thousand of each metric.
func TestEndpointLabelsAreBounded(t *testing.T) {
	m := telemetry.New()
	for i := range 10_000 {
		m.Attempted(fmt.Sprint("endpoint-", i), webhook.Attempt{Status: 200})
		m.TransformFailed(fmt.Sprint("subscription-", i), errors.New("a fault"))
	}
	lines := scrape(t, m)
	for metric, want := range map[string]int{"hookseal_attempts_total": 1001, "hookseal_transform_failures_total": 1001} {
		got := slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return !strings.HasPrefix(line, metric) })
		if len(got) != want {
			t.Errorf("%d series of %s, want %d", len(got), metric, want)
		}
	}
	for _, want := range []string{
		`hookseal_attempts_total{endpoint="endpoint-999",outcome="2xx"} 1`,
		`hookseal_attempts_total{endpoint="other",outcome="2xx"} 9000`,
	} {
		if !slices.Contains(lines, want) {
			t.Errorf("scrape lacks %s", want)
		}
	}
}

// counted is a store with a fixed backlog, which waits before it answers.
type counted struct {
	due   time.Time
	delay time.Duration
}

func (c counted) Counts(ctx context.Context) (map[webhook.DeliveryState]int64, error) {
	select {
	case <-time.After(c.delay):
		return map[webhook.DeliveryState]int64{webhook.Pending: 3, webhook.Held: 1}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (c counted) NextDue(context.Context, ...string) (time.Time, error) { return c.due, nil }

func (c counted) Health(context.Context) ([]webhook.Health, error) {
	return []webhook.Health{{Endpoint: "crm"}, {Endpoint: "dead", Disabled: true}, {Endpoint: "erp"}}, nil
}

func TestBacklog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, test := range []struct {
			name  string
			store counted
			want  []string
		}{
			{"late", counted{due: time.Now().Add(-90 * time.Second)}, []string{
				`hookseal_deliveries{state="held"} 1`, `hookseal_deliveries{state="pending"} 3`,
				`hookseal_endpoints{state="disabled"} 1`, `hookseal_endpoints{state="enabled"} 2`,
				`hookseal_oldest_due_age_seconds 90`, `hookseal_store_up 1`,
			}},
			{"nothing open", counted{}, []string{
				`hookseal_deliveries{state="held"} 1`, `hookseal_deliveries{state="pending"} 3`,
				`hookseal_endpoints{state="disabled"} 1`, `hookseal_endpoints{state="enabled"} 2`,
				`hookseal_oldest_due_age_seconds 0`, `hookseal_store_up 1`,
			}},
			{"not due yet", counted{due: time.Now().Add(time.Hour)}, []string{
				`hookseal_deliveries{state="held"} 1`, `hookseal_deliveries{state="pending"} 3`,
				`hookseal_endpoints{state="disabled"} 1`, `hookseal_endpoints{state="enabled"} 2`,
				`hookseal_oldest_due_age_seconds 0`, `hookseal_store_up 1`,
			}},
			{"slow", counted{delay: time.Hour}, []string{`hookseal_store_up 0`}},
		} {
			m := telemetry.New()
			m.Watch(test.store)
			start := time.Now()
			got := slices.DeleteFunc(scrape(t, m), func(line string) bool {
				return strings.HasPrefix(line, "hookseal_build_info") || strings.HasPrefix(line, "hookseal_config_")
			})
			if !slices.Equal(got, test.want) {
				t.Errorf("%s: scrape = %q, want %q", test.name, got, test.want)
			}
			if took := time.Since(start); took > 2*time.Second {
				t.Errorf("%s: the scrape took %v, want at most 2s", test.name, took)
			}
		}
	})
}

// A source of secrets may label one with what is no text; to count it is no reason
// to fail the request.
func TestLabelThatIsNoText(t *testing.T) {
	m := telemetry.New()
	m.Received(engine.Reception{Source: "s", Answer: "accepted", Secret: "tenant \xff"})
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if want := "secret=\"tenant \ufffd\""; !strings.Contains(w.Body.String(), want) {
		t.Errorf("metrics = %s\nwant %s", w.Body, want)
	}
}
