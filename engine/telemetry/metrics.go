package telemetry

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Metrics observes an engine. It is safe for concurrent use; [New] makes one.
type Metrics struct {
	registry *prometheus.Registry

	requests        *prometheus.CounterVec
	requestSeconds  *prometheus.HistogramVec
	secretMatches   *prometheus.CounterVec
	secretLabels    secretLabels
	endpoints       names
	subscriptions   names
	attempts        *prometheus.CounterVec
	attemptSeconds  *prometheus.HistogramVec
	finished        *prometheus.CounterVec
	transformFaults *prometheus.CounterVec
	disabled        *prometheus.CounterVec
	reloads         *prometheus.CounterVec
	configured      prometheus.Gauge
	calls           calls
	backlog         *backlog
}

var _ engine.Observer = (*Metrics)(nil)

// New returns metrics of which none has counted yet, beside those of the Go
// runtime and the process.
func New() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: counter("requests_total",
			"Requests to sources, by how they were answered and the reason of a refusal.", "source", "answer", "reason"),
		requestSeconds: histogram("request_duration_seconds",
			"Time from the header of a request to its answer, the commit included.", 0.0005, "answer"),
		secretMatches: counter("secret_matches_total",
			"Requests that a secret verified, by its label; other is every label beyond the first 32 of a source.", "source", "secret"),
		attempts: counter("attempts_total",
			"Delivery attempts, by the class of the answer; error is no answer.", "endpoint", "outcome"),
		attemptSeconds: histogram("attempt_duration_seconds",
			"Time of a delivery attempt.", 0.005, "endpoint"),
		finished: counter("deliveries_finished_total",
			"Deliveries that came to a final state.", "endpoint", "state"),
		transformFaults: counter("transform_failures_total",
			"Transforms that went wrong, by the kind of fault.", "subscription", "kind"),
		disabled: counter("endpoint_disabled_total",
			"Times that an endpoint was disabled by its failures.", "endpoint"),
		reloads: counter("config_reloads_total",
			"Versions of the configuration after the first, by whether they were taken up; a refused one changes nothing.", "result"),
		configured: prometheus.NewGauge(prometheus.GaugeOpts{
			Namespace: namespace, Name: "config_last_success_timestamp_seconds",
			Help: "When the configuration that is live was taken up, in unix time.",
		}),
		calls:   newCalls(),
		backlog: newBacklog(),
	}
	// So that the first refusal is an increase.
	for _, result := range []string{reloadApplied, reloadRefused} {
		m.reloads.WithLabelValues(result)
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Namespace: namespace, Name: "build_info", Help: "One, labelled with the version.",
		ConstLabels: prometheus.Labels{"version": engine.Version},
	})
	build.Set(1)
	m.registry.MustRegister(m.calls.collectors()...)
	m.registry.MustRegister(m.requests, m.requestSeconds, m.secretMatches, m.attempts, m.attemptSeconds, m.finished,
		m.transformFaults, m.disabled, m.reloads, m.configured, m.backlog, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

const namespace = "hookseal"

func counter(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, labels)
}

// histogram has 16 buckets, the first of which ends at start seconds and each
// further one twice as late.
func histogram(name, help string, start float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Namespace: namespace, Name: name, Help: help, Buckets: prometheus.ExponentialBuckets(start, 2, 16),
	}, labels)
}

// Handler serves the metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}

// Received implements [engine.Observer].
func (m *Metrics) Received(r engine.Reception) {
	m.requests.WithLabelValues(r.Source, r.Answer, string(r.Reason)).Inc()
	m.requestSeconds.WithLabelValues(r.Answer).Observe(r.Took.Seconds())
	if r.Secret != "" {
		m.secretMatches.WithLabelValues(r.Source, m.secretLabels.bound(r.Source, r.Secret)).Inc()
	}
}

// Attempted implements [engine.Observer].
func (m *Metrics) Attempted(endpoint string, a webhook.Attempt) {
	endpoint = m.endpoints.bound(endpoint)
	m.attempts.WithLabelValues(endpoint, outcome(a.Status)).Inc()
	m.attemptSeconds.WithLabelValues(endpoint).Observe(a.Duration.Seconds())
}

// outcome is the class of a status. What is none is no answer that counts.
func outcome(status int) string {
	if status < 200 || status > 599 {
		return "error"
	}
	return strconv.Itoa(status/100) + "xx"
}

// Finished implements [engine.Observer].
func (m *Metrics) Finished(d webhook.Delivery) {
	m.finished.WithLabelValues(m.endpoints.bound(d.Endpoint), string(d.State)).Inc()
}

// TransformFailed implements [engine.Observer].
func (m *Metrics) TransformFailed(subscription string, err error) {
	kind := "other"
	if guest, ok := errors.AsType[*webhook.GuestError](err); ok {
		kind = string(guest.Kind)
	}
	m.transformFaults.WithLabelValues(m.subscriptions.bound(subscription), kind).Inc()
}

// EndpointDisabled implements [engine.Observer].
func (m *Metrics) EndpointDisabled(h webhook.Health) {
	m.disabled.WithLabelValues(m.endpoints.bound(h.Endpoint)).Inc()
}
