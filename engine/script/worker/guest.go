package worker

import (
	"context"
	"errors"
	"sync"

	"github.com/hookseal/hookseal/engine/script"
	"github.com/hookseal/hookseal/engine/webhook"
)

// guest is a script that runs in any worker of the pool.
type guest struct {
	pool *pool
	// number is what workers know it by.
	number uint64
	code   webhook.GuestCode
	limits webhook.GuestLimits
	// bundle makes one file of the script, nil without a bundler; endings are the
	// names that say it has to.
	bundle  func() (*script.Bundle, error)
	endings []string
	// hash and hooks are what the first worker said.
	hash  string
	hooks []webhook.Hook

	// conduct is how the calls before went, and slow the turn of one that went
	// badly.
	conduct conduct
	slow    chan struct{}

	closing sync.RWMutex
	closed  bool
}

// errClosed is the answer to calls after Close.
var errClosed = errors.New("the script is closed")

// Name is what the script was loaded as.
func (g *guest) Name() string { return g.code.Name }

// Hash is the SHA-256 of the script as it was given, in hex.
func (g *guest) Hash() string { return g.hash }

// Hooks lists what the script offers.
func (g *guest) Hooks() []webhook.Hook { return g.hooks }

// Close ends the processes, if no other guest uses them, once the running calls
// have ended.
func (g *guest) Close(context.Context) error {
	g.closing.Lock()
	defer g.closing.Unlock()
	if !g.closed {
		g.closed = true
		g.pool.leave()
	}
	return nil
}

// Transform runs the script's transform in a worker.
func (g *guest) Transform(ctx context.Context, ev *webhook.Event, tc webhook.TransformContext) ([]webhook.Output, error) {
	c := call{
		kind: kindTransform, result: kindOutputs, log: tc.Log,
		message: transformMessage{
			Script: g.number, Event: *ev, Subscription: tc.Subscription, Endpoint: tc.Endpoint, Settings: tc.Settings, Logs: tc.Log != nil,
		},
	}
	var given outputsMessage
	c.take = func(payload []byte) error {
		if err := readValue(payload, &given); err != nil {
			return err
		}
		return given.check(g.limits.Events)
	}
	if err := g.run(ctx, &c); err != nil {
		return nil, err
	}
	return given.Outputs, nil
}

// Claim runs the script's claim in a worker.
func (g *guest) Claim(ctx context.Context, req *webhook.Request, settings map[string]string) (*webhook.Claim, error) {
	var given claimedMessage
	err := g.run(ctx, &call{
		kind: kindClaim, result: kindClaimed,
		message: claimMessage{Script: g.number, Request: *req, Settings: settings},
		take: func(payload []byte) error {
			if err := readValue(payload, &given); err != nil {
				return err
			}
			return given.check()
		},
	})
	if err != nil {
		return nil, err
	}
	return given.claim(), nil
}
