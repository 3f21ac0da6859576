package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// mostWarmup bounds how long webhooks are posted before anything counts, which is
// a fifth of the duration.
const mostWarmup = 2 * time.Second

// drainTimeout bounds the wait for the last deliveries.
const drainTimeout = 2 * time.Minute

// Run measures, and returns what it found. Everything that it started has ended
// when it returns.
func Run(ctx context.Context, o Options) (report Report, err error) {
	if err := o.Check(); err != nil {
		return Report{}, err
	}
	dir, err := os.MkdirTemp(o.Dir, "hookseal-bench-")
	if err != nil {
		return Report{}, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	report = o.blank()
	if o.Limits {
		if report.Limits, err = o.measureLimits(ctx); err != nil {
			return Report{}, err
		}
	}
	p, err := o.place(dir)
	if err != nil {
		return Report{}, err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	if err := o.layBacklog(ctx, p); err != nil {
		return Report{}, err
	}
	err = o.measure(ctx, p, dir, &report)
	return report, err
}

func (o *Options) measureLimits(ctx context.Context) (*Limits, error) {
	limits, err := o.limits(ctx)
	return &limits, err
}

// measure runs a server and the load on it.
func (o *Options) measure(ctx context.Context, p place, dir string, report *Report) (err error) {
	m := &measurement{options: o, place: p}
	m.tally.replace(newTally(0))
	sink, err := startSink(false, m.tally.deliver)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sink.close()) }()
	mute, err := startSink(true, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, mute.close()) }()
	if m.server, err = o.startServer(ctx, dir, p.data, sink.url(), mute.url()); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.server.stop()) }()
	o.progress("warming up")
	if _, err := m.round(ctx, min(o.Duration/5, mostWarmup)); err != nil {
		return err
	}
	o.progress("posting for %v", o.Duration)
	m.tally.replace(newTally(most))
	return m.count(ctx, report)
}

// measurement is a server under load.
type measurement struct {
	options *Options
	place   place
	server  *server
	tally   current
}

// round posts for a while and waits until all of it is delivered. It returns how
// long the posting took.
func (m *measurement) round(ctx context.Context, long time.Duration) (time.Duration, error) {
	t := m.tally.get()
	l := load{
		addr: m.server.addr, connections: m.options.Connections,
		size: m.options.Size, endpoints: m.options.Endpoints, tally: t,
	}
	posting, cancel := context.WithTimeout(ctx, long)
	defer cancel()
	err := l.run(posting)
	posted := time.Since(t.began)
	if err := errors.Join(err, ctx.Err()); err != nil {
		return posted, err
	}
	deadline := time.Now().Add(drainTimeout)
	for t.delivered.Load() < t.accepted.Load() {
		if time.Now().After(deadline) {
			return posted, fmt.Errorf("%d of %d acknowledged events were not delivered within %v",
				t.accepted.Load()-t.delivered.Load(), t.accepted.Load(), drainTimeout)
		}
		select {
		case <-ctx.Done():
			return posted, ctx.Err()
		case <-time.After(2 * time.Millisecond):
		}
	}
	return posted, nil
}

// count makes the round that counts, and fills the report.
func (m *measurement) count(ctx context.Context, r *Report) error {
	pid, self := m.server.cmd.Process.Pid, os.Getpid()
	server, database, bench := cpuTime(pid), m.place.cpu(), cpuTime(self)
	posted, err := m.round(ctx, m.options.Duration)
	if err != nil {
		return err
	}
	t := m.tally.get()
	whole := time.Since(t.began)
	events := t.accepted.Load()
	if events == 0 {
		return fmt.Errorf("no webhook was acknowledged, %d were refused", t.refused.Load())
	}
	each := func(before, after time.Duration) float64 {
		return float64((after - before).Microseconds()) / float64(events)
	}
	r.Events, r.Refused, r.Repeated = events, t.refused.Load(), t.again.Load()
	r.EventsPerSecond = float64(events) / whole.Seconds()
	r.IngestPerSecond = float64(events) / posted.Seconds()
	r.Ingest = t.latency(t.sent, t.answered)
	r.Delivery = t.latency(t.sent, t.came)
	r.CPU = CPU{
		Server: each(server, cpuTime(pid)), Database: each(database, m.place.cpu()), Bench: each(bench, cpuTime(self)),
	}
	r.PeakMemory = peakMemory(pid)
	return nil
}
