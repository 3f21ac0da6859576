//go:build unix

package sqlite_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/hookseal/hookseal/engine/store/sqlite"
)

func TestFilesAreTheOwners(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0))
	folder := t.TempDir()
	fresh, old := filepath.Join(folder, "fresh.db"), filepath.Join(folder, "old.db")
	for _, name := range []string{old, old + "-wal", old + ".lock"} {
		if err := os.WriteFile(name, nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{fresh, old} {
		accept(t, open(t, path, sqlite.Options{}), "e1")
		for _, suffix := range []string{"", "-wal", "-shm", ".lock"} {
			info, err := os.Stat(path + suffix)
			if err != nil {
				t.Fatal(err)
			}
			if got := info.Mode().Perm(); got != 0o600 {
				t.Errorf("mode of %s = %o, want 600", info.Name(), got)
			}
		}
	}
}
