package engine

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/internal/dispatch"
	"github.com/hookseal/hookseal/engine/internal/receive"
	"github.com/hookseal/hookseal/engine/netguard"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Engine verifies, receives and delivers. It is safe for concurrent use.
type Engine struct {
	config     Config
	intake     *receive.Intake
	dispatcher *dispatch.Dispatcher
	transforms *transforms
	packs      []*catalog.Pack
	transport  interface{ CloseIdleConnections() }

	close    sync.Once
	closeErr error
}

// ErrNoStore reports a call that needs a store, on an engine that verifies only.
var ErrNoStore = errors.New("engine has no store: it verifies only")

// Open makes an engine ready. The error joins every fault of the configuration,
// each a [*Fault]; nothing is then left open.
func Open(config Config) (*Engine, error) {
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	if config.Catalog == nil {
		config.Catalog = catalog.Builtin()
	}
	if config.Observer == nil {
		config.Observer = nobody{}
	}
	if config.Limits.BytesInFlight == 0 {
		config.Limits.BytesInFlight = 64 << 20
	}
	e := &Engine{config: config}
	var faults []error
	faults = append(faults, e.openIntake())
	faults = append(faults, e.openTransforms())
	faults = append(faults, e.checkSubscriptions())
	endpoints, err := e.openEndpoints()
	faults = append(faults, err)
	if config.Store != nil && err == nil {
		faults = append(faults, e.openDispatcher(endpoints))
	}
	if err := errors.Join(faults...); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

func (e *Engine) openIntake() error {
	e.intake = &receive.Intake{
		Sources: map[string]*receive.Source{},
		Store:   e.config.Store,
		Budget:  &receive.Budget{Limit: e.config.Limits.BytesInFlight},
		Logger:  e.config.Logger,
		Observe: func(source string, answer receive.Answer, reason webhook.Reason, took time.Duration) {
			e.config.Observer.Received(source, string(answer), reason, took)
		},
		Accepted: e.Wake,
	}
	var faults []error
	for name, source := range e.config.Sources {
		s, err := e.openSource(name, source)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		e.intake.Sources[name] = s
	}
	e.intake.Prepare()
	return errors.Join(faults...)
}

func (e *Engine) openEndpoints() (map[string]dispatch.Endpoint, error) {
	endpoints := map[string]dispatch.Endpoint{}
	var faults []error
	for name, endpoint := range e.config.Endpoints {
		d, err := e.openEndpoint(name, endpoint)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		endpoints[name] = d
	}
	return endpoints, errors.Join(faults...)
}

func (e *Engine) openDispatcher(endpoints map[string]dispatch.Endpoint) error {
	transport := e.config.Transport
	if transport == nil {
		guarded := (&netguard.Guard{Allow: e.config.AllowNetworks}).Transport()
		transport, e.transport = guarded, guarded
	}
	var err error
	e.dispatcher, err = dispatch.New(dispatch.Config{
		Store:      e.config.Store,
		Transport:  transport,
		UserAgent:  UserAgent,
		Endpoints:  endpoints,
		Transforms: e.transforms,
		Log:        e.config.Logger,
		Observer: dispatch.Observer{
			AttemptDone:      e.config.Observer.Attempted,
			DeliveryFinished: e.config.Observer.Finished,
			TransformFailed: func(d webhook.Delivery, err error) {
				e.config.Observer.TransformFailed(d.Subscription, err)
			},
			EndpointDisabled: e.config.Observer.EndpointDisabled,
		},
		Concurrency:   e.config.Limits.Deliveries,
		Lease:         e.config.Limits.Lease,
		ShutdownGrace: e.config.Limits.ShutdownGrace,
	})
	return err
}

// UserAgent is what deliveries say of their sender.
const UserAgent = "hookseal/" + Version

// Version is the version of hookseal.
const Version = "0.1.0"

// Handler returns the intake: POST /in/<source>[/<key>]. An engine without a
// store answers 503 to all that it would have to keep.
func (e *Engine) Handler() http.Handler {
	if e.config.Store == nil {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, ErrNoStore.Error(), http.StatusServiceUnavailable)
		})
	}
	return e.intake
}

// Run delivers until the context ends; it is called once. Running attempts may
// then end for the grace period of the limits; what has not ended is tried
// again by the next run. It returns [ErrNoStore] for an engine that verifies
// only, and nil after its context.
func (e *Engine) Run(ctx context.Context) error {
	if e.dispatcher == nil {
		return ErrNoStore
	}
	return e.dispatcher.Run(ctx)
}

// Wake says that something in the store may have become due.
func (e *Engine) Wake() {
	if e.dispatcher != nil {
		e.dispatcher.Wake()
	}
}

// Close frees what the engine holds. It is called after Run has returned and
// the handler has served its last request, and leaves the store open.
func (e *Engine) Close() error {
	e.close.Do(func() {
		var faults []error
		for _, p := range e.packs {
			faults = append(faults, p.Close(context.Background()))
		}
		if e.transforms != nil {
			faults = append(faults, e.transforms.close(context.Background()))
		}
		if e.transport != nil {
			e.transport.CloseIdleConnections()
		}
		e.closeErr = errors.Join(faults...)
	})
	return e.closeErr
}

// Store returns the store that the engine was opened with, nil without one.
func (e *Engine) Store() store.Store { return e.config.Store }

type nobody struct{}

func (nobody) Received(string, string, Reason, time.Duration) {}
func (nobody) Attempted(string, webhook.Attempt)              {}
func (nobody) Finished(webhook.Delivery)                      {}
func (nobody) TransformFailed(string, error)                  {}
func (nobody) EndpointDisabled(webhook.Health)                {}
