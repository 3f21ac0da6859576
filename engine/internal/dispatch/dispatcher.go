package dispatch

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/hookseal/hookseal/engine/internal/attempt"
)

// settleGrace is how long settlements may take once the last attempt was
// canceled.
const settleGrace = 5 * time.Second

// Dispatcher delivers. It is safe for concurrent use.
type Dispatcher struct {
	config    Config
	endpoints atomic.Pointer[map[string]Endpoint]
	sender    attempt.Sender
	slots     *slots
	settler   *settler
	workers   workers
	// look is signaled when there may be something to lease.
	look    chan struct{}
	started atomic.Bool
}

// New returns a dispatcher that waits for [Dispatcher.Run]. The error joins all
// faults of the configuration.
func New(config Config) (*Dispatcher, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	d := &Dispatcher{
		config: config,
		sender: attempt.Sender{Transport: config.Transport, UserAgent: config.UserAgent},
		slots:  newSlots(config.Concurrency),
		look:   make(chan struct{}, 1),
	}
	d.workers = newWorkers(d.deliver)
	d.settler = newSettler(config.Store, config.Log, d.disabled)
	if err := d.SetEndpoints(config.Endpoints); err != nil {
		return nil, err
	}
	d.config.Endpoints = nil // others may take their place
	return d, nil
}

// SetEndpoints replaces the endpoints for every attempt that begins from now
// on. The error joins all faults, and leaves the endpoints as they were. The map is
// kept, and must not be changed any more.
//
// A delivery to an endpoint that is not there waits for it, and is Failed three
// days after it was made. It can then be redelivered once the endpoint is back.
func (d *Dispatcher) SetEndpoints(endpoints map[string]Endpoint) error {
	var faults []error
	for name, endpoint := range endpoints {
		faults = append(faults, endpoint.check(name))
	}
	if err := errors.Join(faults...); err != nil {
		return err
	}
	d.endpoints.Store(&endpoints)
	d.slots.configure(endpoints)
	d.Wake()
	return nil
}

// Forgive forgets what this node has learned of an endpoint: what waits for its
// breaker, or since it was overloaded, is sent at once, one delivery first.
func (d *Dispatcher) Forgive(endpoint string) {
	d.slots.forget(endpoint, (*d.endpoints.Load())[endpoint])
	d.Wake()
}

// Wake says that something may have become due before the moment that was known
// of: after an Accept, a Redeliver, or the enabling of an endpoint. It never
// blocks.
func (d *Dispatcher) Wake() {
	select {
	case d.look <- struct{}{}:
	default:
	}
}

// Run delivers until the context ends. It is called once.
//
// It then leases nothing more and lets running attempts end for the grace
// period. Those that have not are canceled and handed back to the store as they
// were, so that the next run begins with them. Run returns when every goroutine
// that it started has ended: nil after its context, otherwise the store's
// [store.ErrClosed].
func (d *Dispatcher) Run(ctx context.Context) error {
	if d.started.Swap(true) {
		panic("dispatch: Run called twice")
	}
	work, cancelWork := context.WithCancel(context.WithoutCancel(ctx))
	defer cancelWork()
	settle, cancelSettle := context.WithCancel(context.WithoutCancel(ctx))
	defer cancelSettle()
	settled := make(chan struct{})
	go func() {
		defer close(settled)
		d.settler.run(settle)
	}()

	d.slots.open(work)
	err := d.leaseAll(ctx, work)
	defer time.AfterFunc(d.config.ShutdownGrace, cancelWork).Stop()
	defer time.AfterFunc(d.config.ShutdownGrace+settleGrace, cancelSettle).Stop()
	d.slots.close()
	d.workers.close()
	d.settler.close()
	<-settled
	if err != nil {
		return fmt.Errorf("dispatch: %w", err)
	}
	return nil
}
