package telemetry

import (
	"path"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/hookseal/hookseal/engine"
)

// calls are the metrics of what the engine waits for: its guests and its store.
type calls struct {
	guestSeconds *prometheus.HistogramVec
	storeSeconds *prometheus.HistogramVec
	storeFaults  *prometheus.CounterVec
}

func newCalls() calls {
	return calls{
		guestSeconds: histogram("guest_call_duration_seconds",
			"Time of a call of a guest, by what was called and the kind of guest.", 0.00005, "hook", "kind"),
		storeSeconds: histogram("store_call_duration_seconds",
			"Time of a call of the store, by operation, with all that it waited for.", 0.0001, "operation"),
		storeFaults: counter("store_failures_total",
			"Calls of the store that returned an error, by operation.", "operation"),
	}
}

func (c *calls) collectors() []prometheus.Collector {
	return []prometheus.Collector{c.guestSeconds, c.storeSeconds, c.storeFaults}
}

// GuestCalled implements [engine.Observer].
func (m *Metrics) GuestCalled(c engine.GuestCall) {
	m.calls.guestSeconds.WithLabelValues(string(c.Hook), guestKind(c.Guest)).Observe(c.Took.Seconds())
}

// guestKind tells WebAssembly from JavaScript, which TypeScript becomes.
func guestKind(name string) string {
	if strings.EqualFold(path.Ext(name), ".wasm") {
		return "wasm"
	}
	return "js"
}

// StoreCalled implements [engine.Observer].
func (m *Metrics) StoreCalled(c engine.StoreCall) {
	m.calls.storeSeconds.WithLabelValues(c.Operation).Observe(c.Took.Seconds())
	if c.Err != nil {
		m.calls.storeFaults.WithLabelValues(c.Operation).Inc()
	}
}
