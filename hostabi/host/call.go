package host

import (
	"context"
	"fmt"
	"net/http"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi"
)

// call is what the host keeps for one call of a hook, or for the start of an
// instance, which has no hook. It ends with the call.
type call struct {
	hook   webhook.Hook
	limits webhook.GuestLimits
	// grants are those of a transform, algorithms those that a claim may name,
	// nil for any.
	grants     []webhook.Capability
	algorithms []webhook.Algorithm

	req      *webhook.Request
	ev       *webhook.Event
	tc       webhook.TransformContext
	settings map[string]string
	header   http.Header
	body     []byte
	// memory is that of the instance that runs the call.
	memory *linearMemory
	// extism is what an Extism plug-in shares with the host, nil until it is used.
	extism *extismCall

	// names and decoded are what has been listed and decoded for this call.
	names   map[hostabi.Field][]string
	decoded map[hostabi.Field]parameters

	values  []value
	claim   claimBuilder
	outputs []webhook.Output
	// held counts the bytes that the guest has made the host hold.
	held    int64
	console console
	virtual virtualWorld
	meter   meter
}

// callKey is the key under which a context carries its call.
type callKey struct{}

// callContext carries a call without the search that context.WithValue costs.
type callContext struct {
	context.Context
	call *call
}

func withCall(ctx context.Context, c *call) context.Context { return &callContext{ctx, c} }

// Value returns the call, or asks the context inside.
func (c *callContext) Value(key any) any {
	if key == (callKey{}) {
		return c.call
	}
	return c.Context.Value(key)
}

// abort ends a call from inside a host function: wazero turns the panic into the
// error of the call, which is how a host function stops its caller.
type abort struct {
	kind    webhook.GuestErrorKind
	message string
}

func (a *abort) Error() string { return string(a.kind) + ": " + a.message }

func (c *call) abort(kind webhook.GuestErrorKind, format string, values ...any) {
	panic(&abort{kind, fmt.Sprintf(format, values...)})
}

// misuse ends the call because the guest broke the contract.
func (c *call) misuse(format string, values ...any) { c.abort(webhook.GuestABI, format, values...) }

// hold counts n more bytes that the guest makes the host keep, and ends the call
// when they pass the limit.
func (c *call) hold(n int) {
	c.held += int64(n)
	if c.held > c.limits.Output {
		c.abort(webhook.GuestOutput, "%s hands out more than %d bytes", c.hook, c.limits.Output)
	}
}

// settle judges how the hook returned.
func (c *call) settle(status int32) error {
	if c.extism != nil {
		return c.settleExtism(status)
	}
	if status != 0 {
		return &abort{webhook.GuestThrow, fmt.Sprintf("returned %d", status)}
	}
	if c.hook == webhook.HookClaim {
		return c.claim.complete()
	}
	return nil
}
