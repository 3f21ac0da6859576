package engine_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/webhook"
)

// ruleCatalog returns a catalog with a provider whose rule is a .native file.
func ruleCatalog(t testing.TB, provider string) *catalog.Catalog {
	t.Helper()
	dir := filepath.Join(t.TempDir(), provider)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	const toml = "name = \"N\"\ndocs = \"https://example.com\"\nproof = \"document\"\n[scheme]\nrule = \"rule.native\"\nalgorithms = [\"hmac-sha256\"]\n"
	for name, text := range map[string]string{"provider.toml": toml, "rule.native": "rule"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return catalog.Builtin().WithOverlay(filepath.Dir(dir))
}

// native is a guest in Go, which notices when it is used after Close.
type native struct {
	name      string
	claim     func(*webhook.Request) *webhook.Claim
	transform func(*webhook.Event) []webhook.Output
	running   atomic.Int64
	closed    atomic.Bool
	misused   *atomic.Int64
}

func (g *native) Name() string { return g.name }
func (g *native) Hash() string { return "hash of " + g.name }
func (g *native) Hooks() []webhook.Hook {
	return []webhook.Hook{webhook.HookClaim, webhook.HookTransform}
}

func (g *native) use() func() {
	g.running.Add(1)
	if g.closed.Load() {
		g.misused.Add(1)
	}
	return func() { g.running.Add(-1) }
}

func (g *native) Claim(_ context.Context, req *webhook.Request, _ map[string]string) (*webhook.Claim, error) {
	defer g.use()()
	return g.claim(req), nil
}

func (g *native) Transform(_ context.Context, ev *webhook.Event, _ webhook.TransformContext) ([]webhook.Output, error) {
	defer g.use()()
	return g.transform(ev), nil
}

func (g *native) Close(context.Context) error {
	if g.closed.Swap(true) || g.running.Load() > 0 {
		g.misused.Add(1)
		return errors.New("closed twice, or while it runs")
	}
	return nil
}

// nativeLoader loads guests in Go, and keeps them.
type nativeLoader struct {
	mu     sync.Mutex
	loaded []*native
	// misused counts calls of guests that were closed.
	misused atomic.Int64

	claim     func(*webhook.Request) *webhook.Claim
	transform func(*webhook.Event) []webhook.Output
}

func (*nativeLoader) Extensions() []string { return []string{".native"} }

func (l *nativeLoader) Load(_ context.Context, code webhook.GuestCode) (webhook.Guest, error) {
	if len(code.Code) == 0 {
		return nil, errors.New("there is no code")
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	g := &native{name: code.Name, claim: l.claim, transform: l.transform, misused: &l.misused}
	l.loaded = append(l.loaded, g)
	return g, nil
}

// open returns how many guests are not closed.
func (l *nativeLoader) open() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, g := range l.loaded {
		if !g.closed.Load() {
			n++
		}
	}
	return n
}
