package sqlite

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/hookseal/hookseal/engine/store/storetest"
)

// TestUpgrade opens a store of every earlier schema, as dumps of them keep it.
func TestUpgrade(t *testing.T) {
	scripts, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	dumps, err := filepath.Glob("testdata/schema_*.sql")
	if err != nil || len(dumps) != len(scripts)-1 {
		t.Fatalf("Glob = %v, %v, want a dump of each of the %d schemas before the last", dumps, err, len(scripts)-1)
	}
	for _, dump := range dumps {
		t.Run(filepath.Base(dump), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "old.db")
			restoreDump(t, dump, path)
			s, err := Open(path, Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			storetest.Upgraded(t, s)
		})
	}
}

func restoreDump(t *testing.T, dump, path string) {
	t.Helper()
	text, err := os.ReadFile(dump)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := connect(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.script(string(text)); err != nil {
		t.Fatal(err)
	}
	if err := c.close(); err != nil {
		t.Fatal(err)
	}
}
