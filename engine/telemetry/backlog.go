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
}

// Watch has every scrape ask the store how many deliveries it holds and for how
// long the oldest of them has been due. It replaces the store of an earlier
// call.
func (m *Metrics) Watch(s Store) { m.backlog.store.Store(&s) }

// scrapeTimeout is how long a scrape waits for the store before it goes without.
const scrapeTimeout = time.Second

// backlog reads the store when it is scraped.
type backlog struct {
	store                    atomic.Pointer[Store]
	deliveries, lateness, up *prometheus.Desc
}

func newBacklog() *backlog {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(prometheus.BuildFQName(namespace, "", name), help, labels, nil)
	}
	return &backlog{
		deliveries: desc("deliveries", "Deliveries that the store holds, by state.", "state"),
		lateness:   desc("oldest_due_age_seconds", "For how long the delivery that waits longest has been due; zero when none is."),
		up:         desc("store_up", "One if the store answered this scrape in time, zero if not."),
	}
}

// Describe implements [prometheus.Collector].
func (b *backlog) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{b.deliveries, b.lateness, b.up} {
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
	counts, err := (*s).Counts(ctx)
	if err != nil {
		gauge(b.up, 0)
		return
	}
	due, err := (*s).NextDue(ctx)
	if err != nil {
		gauge(b.up, 0)
		return
	}
	gauge(b.up, 1)
	for state, n := range counts {
		gauge(b.deliveries, float64(n), string(state))
	}
	late := time.Duration(0)
	if !due.IsZero() {
		late = max(0, time.Since(due))
	}
	gauge(b.lateness, late.Seconds())
}
