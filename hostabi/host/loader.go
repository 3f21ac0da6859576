package host

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"runtime"

	"github.com/tetratelabs/wazero"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi"
)

// Loader makes guests of WebAssembly modules. The zero Loader is ready for use
// and safe for concurrent use.
type Loader struct {
	// Instances is how many calls of one guest may run at once, each in an
	// instance of its own; zero is one for each processor. A further call waits.
	Instances int
	// Cache is a folder in which compiled modules are kept, so that a module
	// which has been compiled before is loaded in a fraction of the time; empty
	// keeps none. It holds native code that is run as it is found: Load makes the
	// folder with the mode 0700, and returns an error for one that is open to
	// others or belongs to another user. What is there is compared with its digest
	// before it is used. Nothing is ever taken out: whoever removes the folder loses
	// time alone.
	Cache string

	// Observe is told what each call took that succeeded, from the goroutine of the
	// call and before it returns; nil is nobody.
	Observe func(Usage)

	// interpret takes the interpreter where there is a compiler as well.
	interpret bool
}

var _ webhook.GuestLoader = Loader{}

// Extensions returns ".wasm".
func (Loader) Extensions() []string { return []string{".wasm"} }

// Load compiles a module and starts it once, so that one which cannot start is
// refused here and not at the first event.
//
// It returns a [*webhook.GuestError] of the kind compile for what is no valid
// module, abi for one that imports what the host does not serve, exports no hook
// or is no reactor, memory for one that begins with more than it may hold, and
// otherwise of the kind in which its start went wrong. The kind is refused for one
// that is not what is pinned or what its manifest says, or that asks for what it is
// not granted.
//
// The guest has a runtime of its own, which its Close frees. When ctx ends, the
// start of the module does as well.
func (l Loader) Load(ctx context.Context, code webhook.GuestCode) (webhook.Guest, error) {
	if len(code.Code) > hostabi.MaxModule {
		return nil, fault(code.Name, webhook.GuestCompile, "the module is %d bytes, at most %d are taken", len(code.Code), hostabi.MaxModule)
	}
	digest := sha256.Sum256(code.Code)
	sum := hex.EncodeToString(digest[:])
	if refusal := pinned(code, sum); refusal != nil {
		return nil, refusal
	}
	mod, err := inspect(code.Code)
	if err != nil {
		return nil, fault(code.Name, webhook.GuestCompile, "%v", err)
	}
	refusal := mod.choose(code.ABI, code.Function)
	var agreed terms
	if refusal == nil {
		agreed, refusal = agree(code, mod, sum)
	}
	if refusal == nil {
		refusal = mod.admissible(agreed.limits)
	}
	if refusal != nil {
		refusal.Guest = code.Name
		return nil, refusal
	}
	g := &guest{name: code.Name, hash: sum, hooks: mod.hooks(), imported: len(mod.imports), terms: agreed, observe: l.Observe}
	instances := l.Instances
	if instances <= 0 {
		instances = runtime.GOMAXPROCS(0)
	}
	// The meter depends on the stack, and the compiled module on the meter.
	e, err := l.newEngine(ctx, fmt.Sprintf("%s-%d", sum, agreed.limits.Stack))
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", code.Name, err)
	}
	if err := g.start(ctx, mod, e, instances); err != nil {
		return nil, err
	}
	return g, nil
}

// start compiles the module and starts its first instance.
func (g *guest) start(ctx context.Context, mod *module, e engine, instances int) error {
	p := &pool{
		runtime:    e,
		limits:     g.limits,
		restorable: mod.restorable(),
		globals:    len(mod.mutable),
		hooks:      mod.hookExports(),
		initialize: mod.initialize(),
		tokens:     make(chan struct{}, instances),
		closing:    make(chan struct{}),
		drained:    make(chan struct{}),
	}
	g.pool = p
	err := g.compile(ctx, mod)
	if err == nil {
		err = p.first(ctx)
		if err != nil {
			err = g.explain(ctx, err)
		}
	}
	if err != nil {
		_ = p.runtime.Close(context.WithoutCancel(ctx)) // the reason to give up is err
	}
	return err
}

func (g *guest) compile(ctx context.Context, mod *module) error {
	if err := serve(ctx, g.pool.runtime, mod.abi()); err != nil {
		return fmt.Errorf("%s: serve the host functions: %w", g.name, err)
	}
	code, err := metered(mod.withGlobalsExported(), g.limits)
	if err != nil {
		return fault(g.name, webhook.GuestCompile, "%v", err)
	}
	compiled, err := compile(ctx, g.pool.runtime, code)
	if err != nil {
		return fault(g.name, webhook.GuestCompile, "%v", err)
	}
	if err := g.pool.runtime.entry.seal(); err != nil {
		return fmt.Errorf("%s: %w", g.name, err)
	}
	if refusal := mod.admissibleTypes(compiled); refusal != nil {
		refusal.Guest = g.name
		return refusal
	}
	g.pool.compiled = compiled
	return nil
}

// compile compiles a module. The runtime's validation panics on some modules that
// are not valid, which is their fault and not ours.
func compile(ctx context.Context, runtime wazero.Runtime, code []byte) (compiled wazero.CompiledModule, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the module is not valid: %v", r)
		}
	}()
	return runtime.CompileModule(ctx, code)
}

func fault(name string, kind webhook.GuestErrorKind, format string, values ...any) *webhook.GuestError {
	return &webhook.GuestError{Guest: name, Kind: kind, Message: fmt.Sprintf(format, values...)}
}
