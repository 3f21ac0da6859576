package catalog_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// While a secret is exchanged a request carries a signature of each: the vendors' own
// libraries find theirs, whether it stands first or last.
func TestOraclesTakeSeveralSignatures(t *testing.T) {
	j := startJudge(t)
	asked := 0
	for _, file := range trialFiles(t) {
		library := strings.TrimSuffix(file, ".json")
		for _, tr := range readTrials(t, file) {
			pack, err := catalog.Builtin().Open(t.Context(), tr.Pack, catalog.Options{Settings: tr.Settings, Loaders: guestLoaders})
			if err != nil {
				t.Fatal(err)
			}
			if tr.Theirs || tr.Key != "" || pack.Rule != nil || !pack.Scheme.CarriesSeveral() {
				continue
			}
			asked++
			t.Run(library+"/"+tr.Pack, func(t *testing.T) {
				j.t, j.library, j.pack = t, library, tr.Pack
				secrets := []webhook.Secret{newSecret(t, "2", tr.other()), newSecret(t, "1", tr.Secret)}
				for range 2 {
					req := tr.request(tr.Bodies.list()[0])
					if err := pack.Sign(req, scheme.Message{ID: "msg_1", Type: "a.b", Time: time.Now()}, secrets); err != nil {
						t.Fatal(err)
					}
					for _, s := range secrets {
						if !j.verifies(string(s.Reveal()), req) {
							t.Errorf("the library does not find the signature of secret %s in %v", s.Label, req.Header)
						}
					}
					slices.Reverse(secrets)
				}
			})
		}
	}
	if asked < 10 {
		t.Errorf("%d libraries were asked, want 10 at least", asked)
	}
}
