package catalog_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Every type that a pack says its provider sends has a sample, and every sample is
// signed and verifies.
func TestSamples(t *testing.T) {
	packs := 0
	for _, name := range catalog.Builtin().Names() {
		p := openPack(t, name)
		samples, err := p.Samples()
		if err != nil {
			t.Fatal(err)
		}
		if len(samples) == 0 {
			continue
		}
		packs++
		v := accepted(t, name)
		secrets := webhook.Secrets{newSecret(t, name, v.Secrets[*v.Expect.Secret])}
		types := map[string]bool{}
		for _, s := range samples {
			types[s.Type] = true
			req := &webhook.Request{Method: "POST", Scheme: "https", Host: "h.example", Target: "/", Body: s.Body}
			if err := p.Sign(req, scheme.Message{ID: "msg_1", Type: s.Type, Time: at}, secrets); err != nil {
				t.Errorf("%s %s: Sign = %v", name, s.Name, err)
				continue
			}
			j, err := p.Judge(t.Context(), req, catalog.Keys{Secrets: secrets}, webhook.Hint{}, at)
			if err != nil || !j.Accepted() {
				t.Errorf("%s %s: Judge = %s %s, %v, want accepted", name, s.Name, j.Reason, j.Detail, err)
			}
		}
		for _, typ := range p.Provider.Sender.Events {
			if !types[typ] {
				t.Errorf("%s sends %q, and has no sample of it; samples are of %v", name, typ, slices.Sorted(maps.Keys(types)))
			}
		}
	}
	if packs < 6 {
		t.Errorf("%d packs have samples, want 6 at least", packs)
	}
}
