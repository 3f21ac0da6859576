package telemetry

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Ready has every scrape ask whether events should be sent here. It is called
// once.
func (m *Metrics) Ready(ready func() bool) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Namespace: namespace, Name: "ready", Help: "One while /readyz says that events should be sent here, zero while not.",
	}, func() float64 {
		if ready() {
			return 1
		}
		return 0
	}))
}

// Paused has every scrape ask how many endpoints this node leaves alone for now. It
// is called once.
func (m *Metrics) Paused(count func() int) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Namespace: namespace, Name: "endpoints_paused",
		Help: "Enabled endpoints that this node leaves alone for now: their breaker is open, or they asked for it.",
	}, func() float64 { return float64(count()) }))
}

// Certificate has every scrape ask when the certificate of the server ends. It is
// called once, by a server that has one.
func (m *Metrics) Certificate(ends func() time.Time) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Namespace: namespace, Name: "tls_certificate_end_timestamp_seconds",
		Help: "When the certificate that the server shows ends, in unix time.",
	}, func() float64 { return unixSeconds(ends()) }))
}
