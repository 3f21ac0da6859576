package host_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi/host"
)

// compiled returns the files of a cache with when they were written.
func compiled(t *testing.T, dir string) map[string]time.Time {
	t.Helper()
	files := map[string]time.Time{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		files[path] = info.ModTime()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestCacheIsUsedAndPrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	code := shipped(t, "envelope")
	var before map[string]time.Time
	for n := range 3 {
		g, err := host.Loader{Cache: dir}.Load(t.Context(), code)
		if err != nil {
			t.Fatal(err)
		}
		if out, err := g.Transform(t.Context(), event("{}"), webhook.TransformContext{}); err != nil || len(out) != 1 {
			t.Errorf("load %d: Transform = %v, %v", n, out, err)
		}
		if err := g.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		files := compiled(t, dir)
		if n == 0 && len(files) == 0 {
			t.Error("nothing is kept")
		}
		for path, written := range before {
			if !files[path].Equal(written) {
				t.Errorf("%s was compiled again", path)
			}
		}
		before = files
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 && runtime.GOOS != "windows" {
		t.Errorf("the folder has the mode %v, %v, want 0700", info.Mode(), err)
	}
}

func TestCacheOpenToOthersIsRefused(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("on Windows the mode of a folder says nothing about others")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	_, err := host.Loader{Cache: dir}.Load(t.Context(), shipped(t, "envelope"))
	if err == nil || !strings.Contains(err.Error(), dir+" is open to others (mode 0750)") {
		t.Errorf("Load with a cache of the mode 0750: %v, want that it is open to others", err)
	}
}

// What a broken disk has left in the cache stands in nobody's way.
func TestBrokenCacheIsNotUsed(t *testing.T) {
	code := shipped(t, "envelope")
	for name, spoil := range map[string]func(content []byte) []byte{
		"empty":   func([]byte) []byte { return nil },
		"cut off": func(content []byte) []byte { return content[:len(content)/2] },
		"zeros":   func(content []byte) []byte { return make([]byte, len(content)) },
		"flipped": func(content []byte) []byte {
			content[len(content)/2] ^= 0x40
			return content
		},
		"long header": func(content []byte) []byte {
			for i := 10; i < min(40, len(content)); i++ {
				content[i] = 0xff
			}
			return content
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "cache")
			for range 2 {
				g, err := host.Loader{Cache: dir}.Load(t.Context(), code)
				if err != nil {
					t.Fatal(err)
				}
				if out, err := g.Transform(t.Context(), event("{}"), webhook.TransformContext{}); err != nil || len(out) != 1 {
					t.Errorf("Transform = %v, %v", out, err)
				}
				if err := g.Close(t.Context()); err != nil {
					t.Fatal(err)
				}
				for path := range compiled(t, dir) {
					content, err := os.ReadFile(path)
					if err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(path, spoil(content), 0o600); err != nil {
						t.Fatal(err)
					}
				}
			}
		})
	}
}

// Processes that load a module at the same time do not stand in each other's way.
func TestCacheIsShared(t *testing.T) {
	dir, module := filepath.Join(t.TempDir(), "cache"), shipped(t, "envelope")
	for range 3 {
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				g, err := host.Loader{Cache: dir}.Load(t.Context(), module)
				if err != nil {
					t.Error(err)
					return
				}
				if err := g.Close(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) != 1 {
			t.Errorf("the cache holds %v, %v, want the entry of one module", entries, err)
		}
	}
	// What does not compile leaves nothing.
	module.Code = assemble(types("i"), functions(0), exports("transform", 0), code("\x42\x00\x0b"))
	if _, err := (host.Loader{Cache: dir}).Load(t.Context(), module); err == nil {
		t.Error("an invalid module was taken")
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("after an invalid module the cache holds %v, %v, want one entry", entries, err)
	}
}
