package script_test

import (
	"context"
	"testing"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/script"
	"github.com/hookseal/hookseal/engine/webhook"
)

// A rule in JavaScript gives the verdicts of the scheme in TOML, over every
// vector of the provider.
func TestRulePacks(t *testing.T) {
	for provider, dir := range map[string]string{
		"standard-webhooks": "../../testdata/packs/standard-webhooks-js",
		"chaindoc":          "../../testdata/packs/chaindoc-js",
	} {
		t.Run(provider, func(t *testing.T) { sameVerdicts(t, provider, dir) })
	}
}

func sameVerdicts(t *testing.T, provider, dir string) {
	t.Helper()
	data, err := catalog.Builtin().Open(t.Context(), provider, catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	vectors, err := data.Vectors()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		pack, err := catalog.OpenDir(t.Context(), dir, catalog.Options{
			Settings: v.Settings, Loaders: []webhook.GuestLoader{script.Loader{}},
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := v.Run(context.Background(), pack); err != nil {
			t.Errorf("%s: %v", v.Name, err)
		}
		if err := pack.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if len(vectors) < 50 {
		t.Errorf("%d vectors ran, want those of %s", len(vectors), provider)
	}
}
