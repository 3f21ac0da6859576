package host

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/tetratelabs/wazero"
)

// ErrForeignCache reports a folder that can be the cache of another user alone.
var ErrForeignCache = errors.New("belongs to another user; what is in it is run, so it must be this user's own")

// CheckCache reports why a folder cannot be a cache of compiled modules: what is in
// it is run as it is found, so it must be private and this user's own, or the error
// is [ErrForeignCache]. It makes nothing, and a folder that is not there can be made.
func CheckCache(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("the compilation cache: %w", err)
	case !info.IsDir():
		return fmt.Errorf("the compilation cache %s is not a folder", dir)
	}
	// On Windows the mode says nothing about others.
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
		return fmt.Errorf("the compilation cache %s is open to others (mode %#o); what is in it is run, so it must be private (mode 0700)", dir, mode)
	}
	if !ownedByUser(info) {
		return fmt.Errorf("the compilation cache %s %w", dir, ErrForeignCache)
	}
	return nil
}

// entry is the folder of one module within a cache: what the runtime keeps there,
// and a file with the digests of it. The runtime runs what it finds and checks a
// part of it alone, so that a file which a crash has cut off could bring the process
// down at every start.
type entry struct {
	dir string
	// place is where the folder goes once it is sealed, empty where it is there.
	place string
}

// sealName is the file with the digests, and sealNext what it is written to first.
const (
	sealName = "sha256"
	sealNext = "sha256.next"
)

// openEntry makes the entry of a module ready. One that is not there, or is not as
// it was sealed, is made anew beside it, since other processes may do the same.
func openEntry(cache, module string) (entry, error) {
	if err := os.MkdirAll(cache, 0o700); err != nil {
		return entry{}, fmt.Errorf("the compilation cache: %w", err)
	}
	if err := CheckCache(cache); err != nil {
		return entry{}, err
	}
	e := entry{dir: filepath.Join(cache, module)}
	if e.check() == nil {
		return e, nil
	}
	fresh, err := os.MkdirTemp(cache, module+".*")
	if err != nil {
		return entry{}, fmt.Errorf("the compilation cache: %w", err)
	}
	return entry{dir: fresh, place: e.dir}, nil
}

var errUnsealed = errors.New("the entry is not as it was sealed")

func (e entry) check() error {
	sealed, err := os.ReadFile(filepath.Join(e.dir, sealName))
	if err != nil {
		return err
	}
	is, err := e.digests()
	if err == nil && is != string(sealed) {
		err = errUnsealed
	}
	return err
}

// digests lists the files in the order of their names, each with its digest.
func (e entry) digests() (string, error) {
	var list strings.Builder
	err := filepath.WalkDir(e.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == sealName || d.Name() == sealNext {
			return err
		}
		content, err := os.ReadFile(path)
		fmt.Fprintf(&list, "%x  %s\n", sha256.Sum256(content), strings.TrimPrefix(path, e.dir))
		return err
	})
	return list.String(), err
}

// seal notes what there is, and puts a new entry into its place.
func (e entry) seal() error {
	if e.dir == "" || e.place == "" && e.check() == nil {
		return nil
	}
	if e.place != "" && (entry{dir: e.place}).check() == nil {
		e.drop() // another process was faster
		return nil
	}
	is, err := e.digests()
	next := filepath.Join(e.dir, sealNext)
	if err == nil {
		err = os.WriteFile(next, []byte(is), 0o600)
	}
	if err == nil {
		err = os.Rename(next, filepath.Join(e.dir, sealName))
	}
	if err == nil && e.place != "" {
		err = errors.Join(os.RemoveAll(e.place), os.Rename(e.dir, e.place))
	}
	if err != nil && e.place != "" && (entry{dir: e.place}).check() == nil {
		e.drop()
		return nil
	}
	if err != nil {
		return fmt.Errorf("the compilation cache: %w", err)
	}
	return nil
}

// drop removes an entry that was not sealed.
func (e entry) drop() {
	if e.place != "" {
		_ = os.RemoveAll(e.dir) // what is left there is never used
	}
}

// engine is a runtime with the cache that it uses and the entry in that, nil and
// empty if it has none.
type engine struct {
	wazero.Runtime
	cache wazero.CompilationCache
	entry entry
}

// newEngine starts a runtime for one guest, which a cache knows as module.
func (l Loader) newEngine(ctx context.Context, module string) (e engine, err error) {
	config := wazero.NewRuntimeConfig()
	if l.interpret {
		config = wazero.NewRuntimeConfigInterpreter()
	}
	if l.Cache != "" {
		if e.entry, err = openEntry(l.Cache, module); err != nil {
			return engine{}, err
		}
		if e.cache, err = wazero.NewCompilationCacheWithDir(e.entry.dir); err != nil {
			return engine{}, fmt.Errorf("the compilation cache: %w", err)
		}
		config = config.WithCompilationCache(e.cache)
	}
	e.Runtime = wazero.NewRuntimeWithConfig(context.WithoutCancel(ctx), config)
	return e, nil
}

// Close frees what the runtime and its modules hold. The cache's folder stays.
func (e engine) Close(ctx context.Context) error {
	err := e.Runtime.Close(ctx)
	if e.cache != nil && err == nil {
		err = e.cache.Close(ctx)
	}
	e.entry.drop()
	return err
}
