package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/internal/dispatch"
	"github.com/hookseal/hookseal/engine/internal/keyring"
	"github.com/hookseal/hookseal/engine/internal/receive"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Engine verifies, receives and delivers. It is safe for concurrent use.
type Engine struct {
	// fixed is the configuration of Open, for what a reload does not change.
	fixed Config
	// store is that of fixed, where what is accepted is delivered; nil without one.
	store      store.Store
	budget     receive.Budget
	gate       receive.Gate
	repeats    receive.Repeats
	dispatcher *dispatch.Dispatcher
	// changed is signaled when an endpoint was disabled or enabled.
	changed chan struct{}
	// keys are the public keys of providers that publish theirs.
	keys *keyring.Ring

	// current is nil once the engine is closed.
	current atomic.Pointer[snapshot]
	// change is held while current is replaced.
	change sync.Mutex
	// open counts the snapshots that still hold something.
	open   sync.WaitGroup
	faults faults
}

var (
	// ErrNoStore reports a call that needs a store, on an engine that verifies
	// only.
	ErrNoStore = errors.New("engine has no store: it verifies only")
	// ErrClosed reports a call after Close.
	ErrClosed = errors.New("engine is closed")
)

// Open makes an engine ready. The error joins every fault of the configuration,
// each a [*Fault]; nothing is then left open. A provider without a pack is
// [catalog.ErrUnknownProvider], one that an endpoint cannot sign as
// [scheme.ErrCannotSign].
func Open(config Config) (*Engine, error) {
	config = config.withDefaults()
	e := &Engine{changed: make(chan struct{}, 1), fixed: config.fixed()}
	if config.Store != nil {
		e.store = &liveStore{&observedStore{config.Store, config.Observer}, e}
		e.openGate()
	}
	e.keys = keyring.New(keyring.Config{Transport: liveTransport{e}, Log: config.Logger, UserAgent: UserAgent})
	s, err := e.build(config)
	if err != nil {
		e.keys.Close()
		return nil, err
	}
	if config.Store != nil {
		if e.dispatcher, err = e.openDispatcher(s); err != nil {
			e.keys.Close()
			return nil, errors.Join(err, s.close())
		}
	}
	e.install(s)
	return e, nil
}

func (c Config) withDefaults() Config {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Catalog == nil {
		c.Catalog = catalog.Builtin()
	}
	if c.Observer == nil {
		c.Observer = nobody{}
	}
	c.Limits.BytesInFlight = cmp.Or(c.Limits.BytesInFlight, 64<<20)
	return c
}

// fixed is the part that a reload does not change. The rest would be kept as long as
// the engine, beside what has replaced it.
func (c Config) fixed() Config {
	c.Sources, c.Endpoints, c.Subscriptions, c.Transforms, c.Catalog = nil, nil, nil, nil, nil
	return c
}

func (e *Engine) openDispatcher(s *snapshot) (*dispatch.Dispatcher, error) {
	// What is called later must not keep the whole configuration.
	c, observer := s.config, s.config.Observer
	return dispatch.New(dispatch.Config{
		Store:      &observedStore{c.Store, observer},
		Transport:  liveTransport{e},
		UserAgent:  UserAgent,
		Endpoints:  s.endpoints,
		Transforms: liveTransforms{e},
		Log:        c.Logger,
		Observer: dispatch.Observer{
			AttemptDone:      observer.Attempted,
			DeliveryFinished: observer.Finished,
			TransformFailed: func(d webhook.Delivery, err error) {
				observer.TransformFailed(d.Subscription, err)
			},
			EndpointDisabled: func(h webhook.Health) {
				observer.EndpointDisabled(h)
				e.noticeChange()
			},
		},
		Tracer:        c.Tracer,
		Concurrency:   c.Limits.Deliveries,
		Lease:         c.Limits.Lease,
		ShutdownGrace: c.Limits.ShutdownGrace,
	})
}

// UserAgent is what deliveries say of their sender.
const UserAgent = "hookseal/" + Version

// Version is the version of hookseal.
const Version = "0.1.0"

// Handler returns the intake: POST /in/<source>[/<key>], and the other methods by
// which the provider of a source sends events or handshakes. An engine without a
// store, and one that is closed, answers 503.
func (e *Engine) Handler() http.Handler {
	return e.serving(func(in *receive.Intake, w http.ResponseWriter, r *http.Request) {
		if in.Store == nil {
			http.Error(w, ErrNoStore.Error(), http.StatusServiceUnavailable)
			return
		}
		in.ServeHTTP(w, r)
	})
}

// Run delivers until the context ends, and removes what is older than the
// [Retention]; it is called once. Running attempts may
// then end for the grace period of the limits; what has not ended is tried
// again by the next run. It returns [ErrNoStore] for an engine that verifies
// only, and nil after its context.
func (e *Engine) Run(ctx context.Context) error {
	if e.dispatcher == nil {
		return ErrNoStore
	}
	ctx, cancel := context.WithCancel(ctx)
	var beside sync.WaitGroup
	beside.Go(func() { e.prune(ctx) })
	beside.Go(func() { e.notify(ctx) })
	if shared, ok := e.fixed.Store.(store.Waker); ok {
		beside.Go(func() { e.watch(ctx, shared) })
	}
	defer beside.Wait()
	defer cancel()
	return e.dispatcher.Run(ctx)
}

// watch has the dispatcher look when another process may have made something due.
func (e *Engine) watch(ctx context.Context, shared store.Waker) {
	if err := shared.Watch(ctx, e.Wake); err != nil && ctx.Err() == nil {
		e.fixed.Logger.Error("deliveries of other nodes are not watched for", "error", err)
	}
}

// Wake says that something in the store may have become due.
func (e *Engine) Wake() {
	if e.dispatcher != nil {
		e.dispatcher.Wake()
	}
}

// Close frees what the engine holds, and leaves the store open. It is called
// after Run has returned. Requests that come after it are answered 503; Close
// waits for those that are being answered.
func (e *Engine) Close() error {
	e.change.Lock()
	if s := e.current.Swap(nil); s != nil {
		s.release()
	}
	e.change.Unlock()
	e.open.Wait()
	e.keys.Close()
	return e.faults.join()
}

// Reload replaces the sources, endpoints, subscriptions, transforms, packs and
// networks by those of config, all or nothing: the error joins every fault, as
// that of [Open] does, and the engine then works on as it was.
//
// Requests and transforms that are under way end with the old configuration,
// which is freed after the last of them; a delivery takes its endpoint as it is
// at each attempt. One that is owed to an endpoint or made by a transform which
// is gone waits for it, and is Failed three days after it was made.
//
// The store and the limits of deliveries stay: another Store, Deliveries, Lease
// or ShutdownGrace is an error. The Logger, Observer and Tracer of config are not
// looked at. It returns [ErrClosed] after Close.
func (e *Engine) Reload(config Config) error {
	config.Logger, config.Observer, config.Tracer = e.fixed.Logger, e.fixed.Observer, e.fixed.Tracer
	config = config.withDefaults()
	if err := e.fixed.allows(config); err != nil {
		return fmt.Errorf("reload: %w", err)
	}
	e.change.Lock()
	defer e.change.Unlock()
	if e.current.Load() == nil {
		return ErrClosed
	}
	s, err := e.build(config)
	if err != nil {
		return err
	}
	if e.dispatcher != nil {
		if err := e.dispatcher.SetEndpoints(s.endpoints); err != nil {
			return errors.Join(err, s.close())
		}
	}
	e.install(s)
	return nil
}

// allows reports what of another configuration needs a new engine.
func (c *Config) allows(next Config) error {
	var found []error
	if next.Store != c.Store {
		found = append(found, errors.New("the store is another one; that needs a new engine"))
	}
	fixed := func(name string, was, is any) {
		if was != is {
			found = append(found, fmt.Errorf("%s was %v and is %v; that needs a new engine", name, was, is))
		}
	}
	fixed("Limits.Deliveries", c.Limits.Deliveries, next.Limits.Deliveries)
	fixed("Limits.Lease", c.Limits.Lease, next.Limits.Lease)
	fixed("Limits.ShutdownGrace", c.Limits.ShutdownGrace, next.Limits.ShutdownGrace)
	return errors.Join(found...)
}

// Store returns the store that the engine was opened with, nil without one.
func (e *Engine) Store() store.Store { return e.fixed.Store }
