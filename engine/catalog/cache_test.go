package catalog

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hookseal/hookseal/plugins"
)

func mustOpen(t *testing.T, c *Catalog, provider string, settings map[string]string) *Pack {
	t.Helper()
	p, err := c.Open(t.Context(), provider, Options{Settings: settings, Loaders: loaders})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPacksAreShared(t *testing.T) {
	c := Builtin()
	first := mustOpen(t, c, "stripe", nil)
	if again := mustOpen(t, c, "stripe", map[string]string{}); again != first {
		t.Error("the same provider and settings have two packs, want one")
	}
	if other := mustOpen(t, c, "slack", nil); other == first {
		t.Error("another provider has the same pack")
	}
	hour := mustOpen(t, c, "stripe", map[string]string{"tolerance": "1h"})
	if hour == first || hour.Scheme.Tolerance() == first.Scheme.Tolerance() {
		t.Errorf("tolerance = %v under the setting 1h and %v without", hour.Scheme.Tolerance(), first.Scheme.Tolerance())
	}
	if again := mustOpen(t, c, "stripe", map[string]string{"tolerance": "1h"}); again != hour {
		t.Error("the same settings have two packs, want one")
	}
	if fresh := mustOpen(t, Builtin(), "stripe", nil); fresh == first {
		t.Error("another catalog has the same pack, want one read anew")
	}
}

// Texts that run together differently are different keys.
func TestSharedKeysAreUnambiguous(t *testing.T) {
	keys := map[string]bool{}
	for _, settings := range []map[string]string{
		nil,
		{"a": "bc"},
		{"ab": "c"},
		{"a": "b", "c": ""},
		{"a": "1:b"},
		{"a": "b1:c0:"},
	} {
		keys[sharedKey("p", settings)] = true
	}
	keys[sharedKey("p1:a2:bc", nil)] = true
	if len(keys) != 7 {
		t.Errorf("%d keys, want 7: %v", len(keys), keys)
	}
}

func TestSharedPacksAreBounded(t *testing.T) {
	var s shared
	for i := range maxShared + 10 {
		p := &Pack{}
		if got := s.put(fmt.Sprint(i), p); got != p {
			t.Fatalf("put %d returned another pack", i)
		}
	}
	if len(s.packs) != maxShared {
		t.Errorf("%d packs are kept, want %d", len(s.packs), maxShared)
	}
}

func TestPacksAreSharedConcurrently(t *testing.T) {
	c := Builtin()
	got := make([]*Pack, 16)
	var all sync.WaitGroup
	for i := range got {
		all.Go(func() { got[i] = mustOpen(t, c, "svix", nil) })
	}
	all.Wait()
	if rest := slices.Compact(got); len(rest) != 1 {
		t.Errorf("%d goroutines have %d packs, want one", len(got), len(rest))
	}
}

// A pack of an overlay is read once by a catalog, and anew by the next.
func TestOverlayIsReadByEachCatalog(t *testing.T) {
	dir := t.TempDir()
	write := func(header string) {
		t.Helper()
		pack := filepath.Join(dir, "acme")
		if err := os.MkdirAll(pack, 0o700); err != nil {
			t.Fatal(err)
		}
		text := "name = \"A\"\ndocs = \"d\"\nproof = \"document\"\n[scheme]\nextends = \"hub-signature-256\"\nsignature = { header = \"" + header + "\" }\n"
		if err := os.WriteFile(filepath.Join(pack, "provider.toml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("X-One")
	c := Builtin().WithOverlay(dir)
	if got := mustOpen(t, c, "acme", nil).Scheme.SignatureHeader(); got != "X-One" {
		t.Fatalf("SignatureHeader = %q, want X-One", got)
	}
	write("X-Two")
	for _, test := range []struct {
		catalog *Catalog
		want    string
	}{{c, "X-One"}, {Builtin().WithOverlay(dir), "X-Two"}, {c.WithOverlay(dir), "X-Two"}} {
		if got := mustOpen(t, test.catalog, "acme", nil).Scheme.SignatureHeader(); got != test.want {
			t.Errorf("SignatureHeader = %q, want %q", got, test.want)
		}
	}
}

// recorder notes which files are opened.
type recorder struct {
	fs.FS
	opened []string
}

func (r *recorder) Open(name string) (fs.File, error) {
	r.opened = append(r.opened, name)
	return r.FS.Open(name)
}

func TestOpenReadsItsOwnPackAlone(t *testing.T) {
	r := &recorder{FS: plugins.FS}
	c := &Catalog{builtin: r}
	for _, provider := range []string{"stripe", "qualifio"} {
		r.opened = nil
		mustOpen(t, c, provider, nil)
		if len(r.opened) == 0 {
			t.Errorf("%s: nothing was opened, so that this test proves nothing", provider)
		}
		for _, name := range r.opened {
			if !strings.HasPrefix(name, provider+"/") {
				t.Errorf("opening %s opens %s", provider, name)
			}
		}
	}
}
