package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/script"
	"github.com/hookseal/hookseal/engine/store/sqlite"
	"github.com/hookseal/hookseal/engine/telemetry"
	"github.com/hookseal/hookseal/hostabi/host"
)

// scenario is what tests vary.
type scenario struct {
	// pace is the pause of a sender before each webhook.
	pace time.Duration
	// patience bounds the wait for everything to come to its end.
	patience time.Duration
	// retry is the schedule of the endpoints that fail.
	retry []time.Duration
	// flakyFailures is how often flaky refuses each webhook.
	flakyFailures int
	// tamper changes the engine's configuration; nil leaves it.
	tamper func(*engine.Config)
}

// stage is everything that runs: engine, store, intake and endpoints.
type stage struct {
	scenario
	keys  *keyring
	mail  map[string][]posting
	roles []*role
	desk  *desk
	// openGate lets the dead endpoint answer.
	openGate func()
	// changed is signaled when something may have come to its end.
	changed chan struct{}

	dir    string
	store  *sqlite.Store
	engine *engine.Engine
	// delayed says that not all others were served while dead was silent.
	delayed bool
	// url is where the intake listens.
	url string

	ctx     context.Context
	stop    context.CancelCauseFunc
	running sync.WaitGroup
	mu      sync.Mutex
	// faults are of what runs in the background.
	faults []error
}

// openStage starts everything. It runs until close, or until ctx ends.
func openStage(ctx context.Context, play scenario) (*stage, error) {
	s := &stage{scenario: play, changed: make(chan struct{}, 1)}
	s.ctx, s.stop = context.WithCancelCause(ctx)
	gate := make(chan struct{})
	s.openGate = sync.OnceFunc(func() { close(gate) })
	if err := s.open(gate); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *stage) open(gate <-chan struct{}) error {
	now := time.Now()
	var err error
	if s.keys, err = newKeyring(now); err != nil {
		return err
	}
	if s.mail, err = writeMail(s.ctx, s.keys, now); err != nil {
		return err
	}
	if s.roles, err = cast(s.keys, s.scenario, gate); err != nil {
		return err
	}
	if s.dir, err = os.MkdirTemp("", "hookseal-demo-"); err != nil {
		return err
	}
	s.store, err = sqlite.Open(filepath.Join(s.dir, "demo.db"), sqlite.Options{
		OnCommit: func(sqlite.Commit) { s.signal() },
	})
	if err != nil {
		return err
	}
	metrics := telemetry.New()
	metrics.Watch(s.store)
	s.desk = newDesk(s.mail, s.signal, metrics)
	config, err := s.config()
	if err != nil {
		return err
	}
	if s.engine, err = engine.Open(config); err != nil {
		return err
	}
	s.background(func() error { return s.engine.Run(s.ctx) })
	mux := http.NewServeMux()
	mux.Handle("/in/", s.engine.Handler())
	mux.Handle("/metrics", metrics.Handler())
	s.url, err = s.serve(mux)
	return err
}

// config wires the engine, and starts the endpoints that it delivers to.
func (s *stage) config() (engine.Config, error) {
	guests, err := transforms()
	if err != nil {
		return engine.Config{}, err
	}
	c := engine.Config{
		Sources: sources(s.keys), Endpoints: map[string]engine.Endpoint{},
		Subscriptions: subscriptions(s.roles), Transforms: guests,
		Store: s.store, Guests: []engine.GuestLoader{script.Loader{}, host.Loader{}},
		AllowNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
		Limits:        engine.Limits{ShutdownGrace: time.Second},
		Observer:      s.desk,
	}
	for _, r := range s.roles {
		r.receiver.changed = s.signal
		if r.endpoint.URL, err = s.serve(r.receiver); err != nil {
			return c, err
		}
		c.Endpoints[r.name] = r.endpoint
	}
	if s.tamper != nil {
		s.tamper(&c)
	}
	return c, nil
}

// close ends everything that runs and removes what was written. It returns what
// went wrong, on the way too.
func (s *stage) close() error {
	s.stop(nil)
	s.openGate()
	s.running.Wait()
	faults := s.faults
	if s.engine != nil {
		faults = append(faults, s.engine.Close())
	}
	if s.store != nil {
		faults = append(faults, s.store.Close())
	}
	if s.dir != "" {
		faults = append(faults, os.RemoveAll(s.dir))
	}
	if err := errors.Join(faults...); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	return nil
}
