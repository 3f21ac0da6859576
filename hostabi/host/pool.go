package host

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi"
)

// errClosed reports a call after Close.
var errClosed = errors.New("guest is closed")

// pool hands out instances of one module, at most cap(tokens) at once.
type pool struct {
	runtime    engine
	compiled   wazero.CompiledModule
	limits     webhook.GuestLimits
	restorable bool
	globals    int
	// hooks are the exports of the hooks that there are.
	hooks map[webhook.Hook]string
	// initialize is the export that is called once, empty if there is none.
	initialize string
	// origin is the state of the module when it has just started, nil for one
	// that is not restorable. It is the same for every instance.
	origin *snapshot

	// tokens holds one for each borrowed instance.
	tokens chan struct{}
	// closing is closed when Close begins, drained when no call runs after that.
	closing, drained chan struct{}

	mu       sync.Mutex
	idle     []*instance // the last is the warmest
	borrowed int
	closed   bool
}

// first starts an instance, notes its state and keeps it for the first call.
func (p *pool) first(ctx context.Context) error {
	in, err := p.instantiate(ctx)
	if err != nil {
		return err
	}
	if !p.restorable {
		in.discard(ctx)
		return nil
	}
	if p.origin, err = in.snapshot(); err != nil {
		return err
	}
	p.idle = append(p.idle, in)
	return nil
}

// borrow returns an instance in its original state, and waits while as many as
// there may be are running.
func (p *pool) borrow(ctx context.Context) (*instance, error) {
	select {
	case <-p.closing:
		return nil, errClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	case p.tokens <- struct{}{}:
	}
	in, err := p.enter()
	if err == nil && in == nil {
		if in, err = p.instantiate(ctx); err != nil {
			p.leave(nil)
		}
	}
	if err != nil {
		<-p.tokens
	}
	return in, err
}

// giveBack puts an instance back into its original state and keeps it, or
// discards it if that cannot be done or the call went wrong.
func (p *pool) giveBack(ctx context.Context, in *instance, sound bool) {
	if !sound || p.origin == nil || !in.restore(p.origin) {
		in.discard(ctx)
		in = nil
	}
	p.leave(in)
	<-p.tokens
}

// enter counts a call and returns an idle instance, nil if there is none.
func (p *pool) enter() (*instance, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, errClosed
	}
	p.borrowed++
	n := len(p.idle)
	if n == 0 {
		return nil, nil
	}
	in := p.idle[n-1]
	p.idle = p.idle[:n-1]
	return in, nil
}

// leave ends what enter began, and keeps the instance unless it is nil.
func (p *pool) leave(in *instance) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if in != nil {
		p.idle = append(p.idle, in)
	}
	p.borrowed--
	if p.closed && p.borrowed == 0 {
		close(p.drained)
	}
}

// instantiate starts a new instance.
func (p *pool) instantiate(ctx context.Context) (*instance, error) {
	memory := &linearMemory{limit: uint64(p.limits.Memory)}
	c := &call{limits: p.limits, memory: memory}
	c.meter.begin(ctx, hostabi.StartTime, unlimited)
	starting := experimental.WithMemoryAllocator(withCall(ctx, c), memory)
	config := wazero.NewModuleConfig().WithName("").WithStartFunctions()
	mod, err := p.runtime.InstantiateModule(starting, p.compiled, config)
	if err == nil {
		if p.initialize != "" {
			_, err = mod.ExportedFunction(p.initialize).Call(starting)
		}
	}
	c.console.flush(c)
	if err != nil {
		if mod != nil {
			_ = mod.Close(context.WithoutCancel(ctx)) // the reason to give up is err
		}
		return nil, &breakdown{
			cause: err, during: "start", limits: p.limits, budget: time.Duration(hostabi.StartTime),
			denied: memory.denied, lastWords: c.console.firstError,
		}
	}
	return newInstance(mod, memory, p.limits, p.hooks, p.globals), nil
}

// close waits until no instance is borrowed and frees the module.
func (p *pool) close(ctx context.Context) error {
	p.mu.Lock()
	if !p.closed {
		p.closed = true
		close(p.closing)
		if p.borrowed == 0 {
			close(p.drained)
		}
	}
	p.mu.Unlock()
	select {
	case <-p.drained:
		return p.runtime.Close(context.WithoutCancel(ctx))
	case <-ctx.Done():
		return ctx.Err()
	}
}
