package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// call is one call of a script.
type call struct {
	kind    kind
	message any
	// result is the kind of the frame that take reads.
	result kind
	take   func(payload []byte) error
	log    func(level, line string)
}

const (
	// maxFault bounds the error of a script, maxLog a line of its log, in bytes.
	maxFault = 64 << 10
	maxLog   = 8 << 10
)

// run gives the call to a worker, and to another one if somebody else killed the
// first.
func (g *guest) run(ctx context.Context, c *call) error {
	g.closing.RLock()
	defer g.closing.RUnlock()
	if g.closed {
		return fmt.Errorf("%s: %w", g.Name(), errClosed)
	}
	err := g.attempt(ctx, c)
	if errors.Is(err, errKilled) {
		err = g.attempt(ctx, c)
	}
	if errors.Is(err, errKilled) {
		return g.fault(webhook.GuestMemory, "the process that ran it was killed twice, as a system does that is out of memory")
	}
	return err
}

func (g *guest) attempt(ctx context.Context, c *call) error {
	turn, p, err := g.borrow(ctx)
	if err != nil {
		return err
	}
	defer turn.end()
	if !p.loaded[g.number] {
		if _, err := g.load(ctx, p); err != nil {
			return g.settle(ctx, p, err)
		}
	}
	return g.settle(ctx, p, g.exchange(ctx, p, c))
}

// exchange makes the call. Its error is an answer if the script went wrong, and
// else the end of the process.
func (g *guest) exchange(ctx context.Context, p *process, c *call) error {
	within := bounds{kindFault: maxFault, kindFailure: maxFault, c.result: mostOutput(g.limits)}
	if c.log != nil {
		within[kindLog] = maxLog
	}
	lines := 0
	var said answer
	err := p.exchange(ctx, patience(g.limits.Time), c.kind, c.message, within, func(f frame) (_ bool, err error) {
		switch f.kind {
		case kindLog:
			// One more line says that the rest is left out.
			if lines++; lines > g.limits.LogLines+1 {
				return false, fmt.Errorf("%w: more than %d lines of log", errWire, g.limits.LogLines)
			}
			return false, passOn(f.payload, c.log)
		case c.result:
			return true, c.take(f.payload)
		}
		said, err = g.said(f)
		return true, err
	})
	if err == nil && said.error != nil {
		return said
	}
	return err
}

// passOn hands a line of the log to whoever reads it.
func passOn(payload []byte, log func(level, line string)) error {
	var m logMessage
	if err := readValue(payload, &m); err != nil {
		return err
	}
	if hasControls(m.Line) || hasControls(m.Level) {
		return fmt.Errorf("%w: a line of log with control characters", errWire)
	}
	log(m.Level, m.Line)
	return nil
}

// answer is an error that a worker gave in good order.
type answer struct{ error }

func (a answer) Unwrap() error { return a.error }

// said reads why a call gave nothing.
func (g *guest) said(f frame) (answer, error) {
	if f.kind == kindFailure {
		var m failureMessage
		err := readValue(f.payload, &m)
		return answer{fmt.Errorf("%s: %s", g.Name(), m.Text)}, err
	}
	var fault webhook.GuestError
	if err := readValue(f.payload, &fault); err != nil {
		return answer{}, err
	}
	fault.Guest = g.Name()
	return answer{&fault}, checkFault(&fault)
}

// settle gives the process back, or finds out why it is of no use any more. One
// whose script has run out of time or of depth is ended too: what the script has
// left would weigh on the next call.
func (g *guest) settle(ctx context.Context, p *process, err error) error {
	said, answered := err.(answer)
	if err == nil || answered {
		if broke(said.error) {
			p.kill()
		}
		g.pool.put(p)
		g.conduct.note(said.error)
		return said.error
	}
	if !errors.Is(err, errWire) {
		p.await(time.Second)
	}
	p.end()
	g.pool.put(p)
	if ctx.Err() != nil && !p.overran.Load() {
		return g.abandoned(context.Cause(ctx))
	}
	err = g.autopsy(p, err)
	g.conduct.died()
	return err
}

// broke reports whether a script has run into a limit of the machine that it was
// given.
func broke(err error) bool {
	fault, ok := errors.AsType[*webhook.GuestError](err)
	return ok && slices.Contains([]webhook.GuestErrorKind{webhook.GuestTimeout, webhook.GuestMemory, webhook.GuestTrap}, fault.Kind)
}

// abandoned is the error of a call whose context has ended.
func (g *guest) abandoned(cause error) error { return fmt.Errorf("%s: abandoned: %w", g.Name(), cause) }

// unserved is the error of a call for which there is no process.
func (g *guest) unserved(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return g.abandoned(context.Cause(ctx))
	}
	return fmt.Errorf("%s: %w", g.Name(), err)
}

func (g *guest) fault(kind webhook.GuestErrorKind, format string, args ...any) *webhook.GuestError {
	return &webhook.GuestError{Guest: g.Name(), Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// await gives a process that seems to be ending the time for it, so that how it
// ended can be told.
func (p *process) await(most time.Duration) {
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-p.dead:
	case <-timer.C:
	}
}

// end kills the process and waits until it is gone.
func (p *process) end() {
	p.kill()
	<-p.dead
}

// overrun is the error of a call that was stopped by killing its process. It
// reads as that of a script which was stopped.
func (g *guest) overrun(limit time.Duration) error {
	return g.fault(webhook.GuestTimeout, "ran longer than %s", limit)
}
