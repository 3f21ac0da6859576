package engine

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/internal/dispatch"
	"github.com/hookseal/hookseal/engine/internal/keyring"
	"github.com/hookseal/hookseal/engine/internal/receive"
	"github.com/hookseal/hookseal/engine/netguard"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// snapshot is a configuration that was made ready, and all that is open for it.
// It does not change. It is closed once nobody uses it any more.
type snapshot struct {
	config     Config
	intake     *receive.Intake
	endpoints  map[string]dispatch.Endpoint
	transforms map[string]webhook.Guest
	// settings are those of subscriptions, by name.
	settings  map[string]map[string]string
	packs     []*catalog.Pack
	transport http.RoundTripper
	keys      *keyring.Ring
	// retry is what defaultRetry has made.
	retry []time.Duration

	// uses counts the requests and transforms under way, and one more while the
	// snapshot is the engine's current one.
	uses atomic.Int64
	// ended is called once uses has come to zero.
	ended func()
}

// build makes a configuration ready, or leaves nothing open.
func (e *Engine) build(config Config) (*snapshot, error) {
	config.Guests = observedLoaders(config.Guests, config.Observer)
	s := &snapshot{
		config:     config,
		keys:       e.keys,
		endpoints:  make(map[string]dispatch.Endpoint, len(config.Endpoints)),
		transforms: map[string]webhook.Guest{},
		settings:   map[string]map[string]string{},
		transport:  config.Transport,
	}
	s.intake = &receive.Intake{
		Sources: map[string]*receive.Source{},
		Store:   e.store,
		Budget:  &e.budget,
		Gate:    &e.gate,
		Repeats: &e.repeats,
		Logger:  config.Logger,
		Tracer:  config.Tracer,
		Observe: func(r receive.Reception) { config.Observer.Received(Reception(r)) },
	}
	if s.transport == nil {
		s.transport = (&netguard.Guard{Allow: config.AllowNetworks, AllowHosts: config.AllowHosts}).Transport()
	}
	err := errors.Join(config.Retention.check(), s.openSources(), s.openTransforms(), s.checkSubscriptions(), s.openEndpoints())
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *snapshot) openSources() error {
	var faults []error
	for name, source := range s.config.Sources {
		opened, err := s.openSource(name, source)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		s.intake.Sources[name] = opened
	}
	return errors.Join(faults...)
}

func (s *snapshot) openEndpoints() error {
	var faults []error
	for name, endpoint := range s.config.Endpoints {
		opened, err := s.openEndpoint(name, endpoint)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		s.endpoints[name] = opened
	}
	return errors.Join(faults...)
}

// close frees the guests, and the connections that nobody waits on.
func (s *snapshot) close() error {
	ctx := context.Background()
	var faults []error
	for _, p := range s.packs {
		faults = append(faults, p.Close(ctx))
	}
	for _, guest := range s.transforms {
		faults = append(faults, guest.Close(ctx))
	}
	if guarded, ok := s.transport.(*http.Transport); ok && s.config.Transport == nil {
		guarded.CloseIdleConnections()
	}
	return errors.Join(faults...)
}

// install makes s the current snapshot and lets go of the one before.
func (e *Engine) install(s *snapshot) {
	e.open.Add(1)
	s.uses.Store(1)
	s.ended = func() {
		defer e.open.Done()
		if err := s.close(); err != nil {
			e.faults.add(err)
			e.fixed.Logger.Error("a replaced configuration could not be freed", "error", err)
		}
	}
	before := e.current.Load()
	if before == nil {
		s.intake.Prepare(nil)
	} else {
		s.intake.Prepare(before.intake)
	}
	e.budget.SetLimit(s.config.Limits.BytesInFlight)
	e.gate.SetLimits(receive.GateLimits{Backlog: s.config.Limits.Backlog, FreeDisk: s.config.Limits.FreeDisk})
	e.current.Store(s)
	if before != nil {
		before.release()
	}
}

// acquire returns the current snapshot, which stays open until it is released.
// It is nil once the engine is closed.
func (e *Engine) acquire() *snapshot {
	for {
		s := e.current.Load()
		if s == nil {
			return nil
		}
		// A count of zero never rises again: s was replaced since it was loaded.
		for n := s.uses.Load(); n > 0; n = s.uses.Load() {
			if s.uses.CompareAndSwap(n, n+1) {
				return s
			}
		}
	}
}

func (s *snapshot) release() {
	if s.uses.Add(-1) == 0 {
		s.ended()
	}
}

// serving returns a handler that holds the current snapshot for as long as it
// answers.
func (e *Engine) serving(serve func(*receive.Intake, http.ResponseWriter, *http.Request)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := e.acquire()
		if s == nil {
			receive.Unavailable(w, http.StatusServiceUnavailable)
			return
		}
		defer s.release()
		serve(s.intake, w, r)
	})
}

// liveStore has the dispatcher deliver what is accepted.
type liveStore struct {
	store.Store
	engine *Engine
}

// Accept commits an event, and begins with its deliveries or wakes the dispatcher.
func (s *liveStore) Accept(ctx context.Context, a store.Acceptance) (store.Receipt, error) {
	return s.engine.dispatcher.Accept(ctx, a)
}

// liveTransport sends through the transport of the current configuration.
type liveTransport struct{ engine *Engine }

// RoundTrip implements [http.RoundTripper].
func (t liveTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	s := t.engine.acquire()
	if s == nil {
		return nil, ErrClosed
	}
	defer s.release()
	return s.transport.RoundTrip(r)
}

// faults gathers errors of several goroutines.
type faults struct {
	mu   sync.Mutex
	list []error
}

func (f *faults) add(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = append(f.list, err)
}

func (f *faults) join() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return errors.Join(f.list...)
}
