package catalog_test

import (
	"errors"
	"testing"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/scheme"
)

// TestEveryPackSignsWhatItVerifies signs the request of a vector anew, with the
// secret of the vector, or a private key where that is a public one.
func TestEveryPackSignsWhatItVerifies(t *testing.T) {
	signs := 0
	for _, name := range catalog.Builtin().Names() {
		t.Run(name, func(t *testing.T) {
			v := accepted(t, name)
			pack, err := catalog.Builtin().Open(t.Context(), name, catalog.Options{Settings: v.Settings, Loaders: guestLoaders})
			if err != nil {
				t.Fatal(err)
			}
			if _, err = v.Resign(t.Context(), pack); errors.Is(err, scheme.ErrCannotSign) {
				t.Log(err)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			signs++
		})
	}
	if all := len(catalog.Builtin().Names()); signs < all*4/5 {
		t.Errorf("%d of %d packs sign, want four in five", signs, all)
	}
}

// accepted is a vector of the pack that holds.
func accepted(t *testing.T, name string) catalog.Vector {
	t.Helper()
	pack, err := catalog.Builtin().Open(t.Context(), name, catalog.Options{Loaders: guestLoaders})
	if err != nil {
		t.Fatal(err)
	}
	vectors, err := pack.Vectors()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		if v.Expect.Outcome == "accept" && v.Expect.Secret != nil {
			return v
		}
	}
	t.Fatalf("no vector of %s is accepted", name)
	return catalog.Vector{}
}
