package catalog_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/catalog"
)

// unpublished are the packs whose documentation has no address of its own: it was
// handed over, or stands behind a login.
var unpublished = []string{"chaindoc", "dastra", "qualifio", "smino"}

// What a pack says stands behind it must stand behind it.
func TestProofsAreWhatTheySay(t *testing.T) {
	tried := map[string]bool{}
	for _, file := range trialFiles(t) {
		for _, tr := range readTrials(t, file) {
			tried[tr.Pack] = true
		}
	}
	for _, name := range catalog.Builtin().Names() {
		t.Run(name, func(t *testing.T) {
			pack, err := catalog.Builtin().Open(t.Context(), name, catalog.Options{Loaders: guestLoaders})
			if err != nil {
				t.Fatal(err)
			}
			if docs, err := url.Parse(pack.Provider.Docs); !slices.Contains(unpublished, name) && (err != nil || docs.Scheme != "https" || docs.Host == "") {
				t.Errorf("docs = %q, want an https address", pack.Provider.Docs)
			}
			switch pack.Provider.Proof {
			case "oracle":
				if !tried[name] {
					t.Error(`proof = "oracle", and no file of testdata/oracles/trials tries the pack`)
				}
			case "vector":
				vectors, err := pack.Vectors()
				if err != nil {
					t.Fatal(err)
				}
				if !slices.ContainsFunc(vectors, func(v catalog.Vector) bool { return strings.HasPrefix(v.Source, "published: ") }) {
					t.Error(`proof = "vector", and no vector has a source that begins with "published: "`)
				}
			}
			if err := pack.Close(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}
