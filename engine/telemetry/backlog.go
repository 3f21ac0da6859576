package telemetry

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/hookseal/hookseal/engine/webhook"
)

// Store is what is asked at every scrape. Its methods end when their context
// does.
type Store interface {
	// Counts returns how many deliveries are in each state.
	Counts(ctx context.Context) (map[webhook.DeliveryState]int64, error)
	// NextDue returns the earliest moment at which an open delivery is due, zero
	// when there is none. The endpoints in except do not count.
	NextDue(ctx context.Context, except ...string) (time.Time, error)
	// Health returns the state of every endpoint that the store has heard of.
	Health(ctx context.Context) ([]webhook.Health, error)
}

// Watch has every scrape ask the store how many deliveries it holds, for how
// long the oldest of them has been due, and how many endpoints are disabled. It
// replaces the store of an earlier call.
func (m *Metrics) Watch(s Store) { m.backlog.store.Store(&s) }

// scrapeTimeout is how long a scrape waits for the store before it goes without.
const scrapeTimeout = time.Second

// backlog reads the store when it is scraped.
type backlog struct {
	store                               atomic.Pointer[Store]
	deliveries, endpoints, lateness, up *prometheus.Desc
}

func newBacklog() *backlog {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(prometheus.BuildFQName(namespace, "", name), help, labels, nil)
	}
	return &backlog{
		deliveries: desc("deliveries", "Deliveries that the store holds, by state.", "state"),
		endpoints:  desc("endpoints", "Endpoints that the store has heard of, by whether they are enabled or disabled.", "state"),
		lateness:   desc("oldest_due_age_seconds", "For how long the delivery that waits longest has been due; zero when none is."),
		up:         desc("store_up", "One if the store answered this scrape in time, zero if not."),
	}
}

// Describe implements [prometheus.Collector].
func (b *backlog) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{b.deliveries, b.endpoints, b.lateness, b.up} {
		out <- d
	}
}

// Collect implements [prometheus.Collector]. Without a store there is nothing to
// collect.
func (b *backlog) Collect(out chan<- prometheus.Metric) {
	s := b.store.Load()
	if s == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTimeout)
	defer cancel()
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	now, err := lookAt(ctx, *s)
	if err != nil {
		gauge(b.up, 0)
		return
	}
	gauge(b.up, 1)
	for state, n := range now.deliveries {
		gauge(b.deliveries, float64(n), string(state))
	}
	gauge(b.endpoints, float64(now.endpoints-now.disabled), "enabled")
	gauge(b.endpoints, float64(now.disabled), "disabled")
	gauge(b.lateness, now.late.Seconds())
}

// standing is what a store says of itself.
type standing struct {
	deliveries          map[webhook.DeliveryState]int64
	late                time.Duration
	endpoints, disabled int
}

func lookAt(ctx context.Context, s Store) (now standing, err error) {
	if now.deliveries, err = s.Counts(ctx); err != nil {
		return now, err
	}
	due, err := s.NextDue(ctx)
	if err != nil {
		return now, err
	}
	if !due.IsZero() {
		now.late = max(0, time.Since(due))
	}
	health, err := s.Health(ctx)
	now.endpoints = len(health)
	for _, h := range health {
		if h.Disabled {
			now.disabled++
		}
	}
	return now, err
}
