// Package packs_test holds schemes that are said twice, as data and by a rule, or by
// a rule in either language, and proves that the two agree.
package packs_test

import (
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/script"
	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi/host"
	wasmbuild "github.com/hookseal/hookseal/wasm-build"
)

// A rule gives what the scheme in TOML gives, over every vector of the provider and
// over what changes make of a few: outcome, reason, candidate, what is covered, the
// secret, and the event's type and id.
func TestRulesAgreeWithSchemes(t *testing.T) {
	dirs, err := filepath.Glob("*/provider.toml")
	if err != nil || len(dirs) < 11 {
		t.Fatalf("%d packs, %v, want 11 or more", len(dirs), err)
	}
	for _, file := range dirs {
		dir := filepath.Dir(file)
		t.Run(dir, func(t *testing.T) {
			provider := dir[:strings.LastIndexByte(dir, '-')]
			pair := openPair(t, provider, dir)
			held := 0
			for _, v := range vectorsOf(t, provider) {
				pair.compare(t, v)
				if v.Expect.Outcome == "accept" && held < 4 {
					held++
					pair.compareChanged(t, v)
				}
			}
		})
	}
}

// roomy keeps the deadline out of tests that are not about it.
var roomy = webhook.GuestLimits{Time: 5 * time.Second}

// pair opens both packs of a provider under one set of settings after the other.
type pair struct {
	provider, dir string
	opened        map[string][2]*catalog.Pack
}

func openPair(t *testing.T, provider, dir string) *pair {
	t.Helper()
	if strings.HasSuffix(dir, "-wasm") {
		dir = withModule(t, provider, dir)
	}
	p := &pair{provider: provider, dir: dir, opened: map[string][2]*catalog.Pack{}}
	t.Cleanup(func() {
		for _, packs := range p.opened {
			for _, pack := range packs {
				if err := pack.Close(context.Background()); err != nil {
					t.Error(err)
				}
			}
		}
	})
	return p
}

// withModule returns a copy of a folder with the module of its rule in it.
func withModule(t *testing.T, provider, dir string) string {
	t.Helper()
	definition, err := os.ReadFile(filepath.Join(dir, "provider.toml"))
	if err != nil {
		t.Fatal(err)
	}
	name := provider + "-rule.wasm"
	rule, err := fs.ReadFile(wasmbuild.FS, "dist/"+name)
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(t.TempDir(), dir)
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"provider.toml": definition, name: rule} {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func (p *pair) under(t *testing.T, settings map[string]string) [2]*catalog.Pack {
	t.Helper()
	key, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	if packs, ok := p.opened[string(key)]; ok {
		return packs
	}
	scheme, err := catalog.Builtin().Open(t.Context(), p.provider, under(settings))
	if err != nil {
		t.Fatal(err)
	}
	rule, err := catalog.OpenDir(t.Context(), p.dir, under(settings))
	if err != nil {
		t.Fatal(err)
	}
	p.opened[string(key)] = [2]*catalog.Pack{scheme, rule}
	return p.opened[string(key)]
}

func under(settings map[string]string) catalog.Options {
	return catalog.Options{Settings: settings, Loaders: []webhook.GuestLoader{script.Loader{}, host.Loader{}}, Limits: roomy}
}

func (p *pair) compare(t *testing.T, v catalog.Vector) {
	t.Helper()
	packs := p.under(t, v.Settings)
	if err := v.Run(t.Context(), packs[1]); err != nil {
		t.Errorf("%s: %v", v.Name, err)
	}
}

// compareChanged compares what one change makes of a request that holds. Which of
// several faults a request is refused for is nothing that the two agree on.
func (p *pair) compareChanged(t *testing.T, v catalog.Vector) {
	t.Helper()
	packs := p.under(t, v.Settings)
	for name, req := range changed(v.HTTP()) {
		want, got := judged(t, packs[0], v, req), judged(t, packs[1], v, req)
		if got != want {
			t.Errorf("%s, %s: the rule gives %+v, the scheme %+v", v.Name, name, got, want)
		}
	}
}

// vectorsOf reads the vectors of a provider.
func vectorsOf(t *testing.T, provider string) []catalog.Vector {
	t.Helper()
	pack, err := catalog.Builtin().Open(t.Context(), provider, under(nil))
	if err != nil {
		t.Fatal(err)
	}
	defer pack.Close(t.Context())
	vectors, err := pack.Vectors()
	if err != nil || len(vectors) < 20 {
		t.Fatalf("%d vectors, %v", len(vectors), err)
	}
	return vectors
}
