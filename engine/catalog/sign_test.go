package catalog_test

import (
	"errors"
	"testing"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
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
				if pack.Scheme.CanSign() == nil {
					t.Errorf("CanSign = nil, and signing gives %v", err)
				}
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

// A pack that carries several signatures reads what it writes of them.
func TestPacksReadTheSeveralThatTheyWrite(t *testing.T) {
	several := 0
	for _, name := range catalog.Builtin().Names() {
		v := accepted(t, name)
		pack, err := catalog.Builtin().Open(t.Context(), name, catalog.Options{Settings: v.Settings, Loaders: guestLoaders})
		if err != nil {
			t.Fatal(err)
		}
		if pack.Scheme.CanSign() != nil || !pack.Scheme.CarriesSeveral() {
			continue
		}
		text := v.Secrets[*v.Expect.Secret]
		if pack.Scheme.CheckSigner(newSecret(t, "1", text)) != nil {
			continue // the vector has a public key
		}
		several++
		secrets := webhook.Secrets{newSecret(t, "1", text), newSecret(t, "2", text)}
		req := v.HTTP()
		if err := pack.Sign(req, scheme.Message{ID: "msg_1", Type: v.Expect.Type, Time: v.At}, secrets); err != nil {
			t.Errorf("%s: Sign with two secrets = %v", name, err)
			continue
		}
		j, err := pack.Judge(t.Context(), req, catalog.Keys{Secrets: secrets}, webhook.Hint{}, v.At)
		if err != nil || j.Outcome == webhook.Reject {
			t.Errorf("%s: two signatures are refused: %s %s, %v; headers %v", name, j.Reason, j.Detail, err, req.Header)
		}
	}
	if several < 20 {
		t.Errorf("%d packs carry several signatures, want 20 at least", several)
	}
}
