package script

import (
	"context"
	"fmt"
	"time"

	"github.com/dop251/goja"

	"github.com/hookseal/hookseal/engine/webhook"
)

// guest is a compiled script. It holds no state of a call.
type guest struct {
	unit   *unit
	hash   string
	limits webhook.GuestLimits
	guards []guard
	// logs says that the script may write to the console.
	logs bool
	// functions and parts are what the script uses of the library.
	functions map[string]func(*call, goja.FunctionCall) goja.Value
	parts     []part
}

// Name is what the script was loaded as.
func (g *guest) Name() string { return g.unit.name }

// Hash is the SHA-256 of the script as it was given, in hex.
func (g *guest) Hash() string { return g.hash }

// Hooks lists what the script offers.
func (g *guest) Hooks() []webhook.Hook {
	var hooks []webhook.Hook
	for _, hook := range []webhook.Hook{webhook.HookClaim, webhook.HookTransform} {
		if g.unit.hooks[hook] != nil {
			hooks = append(hooks, hook)
		}
	}
	return hooks
}

// Close does nothing: a script holds nothing between calls.
func (g *guest) Close(context.Context) error { return nil }

// Transform runs the script's transform in a virtual machine of its own.
func (g *guest) Transform(ctx context.Context, ev *webhook.Event, tc webhook.TransformContext) (outputs []webhook.Output, err error) {
	c := g.newCall(tc.Log)
	c.useEvent(ev)
	c.env = tc.Settings
	var t transformer
	err = c.run(ctx, webhook.HookTransform,
		func() []goja.Value {
			t = c.transformer(&eventView{call: c, ev: ev}, tc)
			return t.arguments()
		},
		func(result goja.Value) (err error) {
			outputs, err = t.outputs(result)
			return err
		})
	if err != nil {
		return nil, err
	}
	return outputs, nil
}

// Claim runs the script's claim in a virtual machine of its own, in which
// clock and randomness throw.
func (g *guest) Claim(ctx context.Context, req *webhook.Request, settings map[string]string) (claim *webhook.Claim, err error) {
	c := g.newCall(nil)
	c.forbidClock()
	r := &requestView{call: c, req: req, settings: settings}
	err = c.run(ctx, webhook.HookClaim,
		func() []goja.Value { return []goja.Value{r.object(), r.context()} },
		func(result goja.Value) (err error) {
			claim, err = (&claimReader{call: c}).read(result)
			return err
		})
	if err != nil {
		return nil, err
	}
	return claim, nil
}

// rehearse runs the top level and finds the hooks.
func (g *guest) rehearse(ctx context.Context) error {
	for _, hook := range g.Hooks() {
		c := g.newCall(nil)
		if hook == webhook.HookClaim {
			c.forbidClock()
		} else {
			c.useEvent(&webhook.Event{Time: time.Unix(0, 0).UTC()})
		}
		err := c.guarded(ctx, func() error {
			_, err := c.hook(hook)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (g *guest) fault(kind webhook.GuestErrorKind, format string, args ...any) *webhook.GuestError {
	return &webhook.GuestError{Guest: g.unit.name, Kind: kind, Message: fmt.Sprintf(format, args...)}
}
