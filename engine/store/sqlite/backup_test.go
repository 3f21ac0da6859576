package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/hookseal/hookseal/engine/store/sqlite"
)

func backup(t *testing.T, path, file string) {
	t.Helper()
	r, err := sqlite.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := r.Backup(t.Context(), file); err != nil {
		t.Fatal(err)
	}
}

// Backups are made while events are accepted: each opens as a store, and holds
// all that was accepted before it began.
func TestBackupUnderLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hookseal.db")
	s := open(t, path, sqlite.Options{RecentKeys: 64})
	var accepted atomic.Int64
	var load sync.WaitGroup
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	for caller := range 4 {
		load.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				a := acceptance(fmt.Sprintf("e%d-%d", caller, i))
				a.DedupKey = a.Event.ID
				if _, err := s.Accept(context.Background(), a); err != nil {
					t.Error(err)
					return
				}
				accepted.Add(1)
			}
		})
	}
	folder := t.TempDir()
	for i := range 2 {
		for before := accepted.Load(); accepted.Load() < before+100; {
			runtime.Gosched()
		}
		least := accepted.Load()
		file := filepath.Join(folder, fmt.Sprint(i, ".db"))
		backup(t, path, file)
		info, err := os.Stat(file)
		if err != nil || info.Mode().Perm() != 0o600 && runtime.GOOS != "windows" {
			t.Errorf("Stat = %v, %v, want mode 0600", info, err)
		}
		restored := open(t, file, sqlite.Options{})
		counts, err := restored.Counts(t.Context())
		if err != nil || counts["pending"] < least {
			t.Errorf("backup %d has %v, %v, want at least %d pending", i, counts, err, least)
		}
		a := acceptance("again")
		a.DedupKey = "e0-0"
		if r, err := restored.Accept(t.Context(), a); err != nil || !r.Duplicate {
			t.Errorf("Accept of a repeat after the restore = %+v, %v, want a duplicate", r, err)
		}
		if err := restored.Close(); err != nil {
			t.Error(err)
		}
	}
	stop()
	load.Wait()
	if left, err := filepath.Glob(filepath.Join(folder, ".hookseal*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestBackupReplacesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hookseal.db")
	accept(t, open(t, path, sqlite.Options{}), "e1")
	r, err := sqlite.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	taken := filepath.Join(t.TempDir(), "taken.db")
	dangling := filepath.Join(t.TempDir(), "link.db")
	if err := errors.Join(os.WriteFile(taken, []byte("mine"), 0o600), os.Symlink("nowhere", dangling)); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{taken, dangling, path} {
		if err := r.Backup(t.Context(), file); !errors.Is(err, fs.ErrExist) {
			t.Errorf("Backup(%s) = %v, want %v", file, err, fs.ErrExist)
		}
	}
	if text, err := os.ReadFile(taken); err != nil || string(text) != "mine" {
		t.Errorf("the file is now %q, %v", text, err)
	}
	missing := filepath.Join(t.TempDir(), "no", "folder.db")
	if err := r.Backup(t.Context(), missing); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Backup(%s) = %v, want %v", missing, err, fs.ErrNotExist)
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	aborted := filepath.Join(t.TempDir(), "aborted.db")
	if err := r.Backup(canceled, aborted); err == nil {
		t.Error("Backup under a canceled context = nil, want an error")
	}
	if _, err := os.Lstat(aborted); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a backup that was canceled left a file: %v", err)
	}
}

// A store whose pages are damaged is not backed up as if it were whole.
func TestBackupOfDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hookseal.db")
	s := open(t, path, sqlite.Options{})
	for i := range 300 {
		accept(t, s, fmt.Sprint("e", i))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(content) / 2; i < len(content)/2+4096; i++ {
		content[i] = 0xa5
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := sqlite.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	file := filepath.Join(t.TempDir(), "backup.db")
	if err := r.Backup(t.Context(), file); err == nil {
		t.Error("Backup of a damaged store = nil, want an error")
	}
	if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the backup is there: %v", err)
	}
}
