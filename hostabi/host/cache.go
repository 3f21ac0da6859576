package host

import (
	"context"
	"fmt"
	"os"
	"runtime"

	"github.com/tetratelabs/wazero"
)

// openCache opens the folder that [Loader].Cache names, and makes it if it is not
// there. Empty is no cache, which is nil.
func openCache(dir string) (wazero.CompilationCache, error) {
	if dir == "" {
		return nil, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the compilation cache: %w", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("the compilation cache: %w", err)
	}
	// On Windows the mode says nothing about others.
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
		return nil, fmt.Errorf("the compilation cache %s is open to others (mode %#o); what is in it is run, so it must be private (mode 0700)", dir, mode)
	}
	cache, err := wazero.NewCompilationCacheWithDir(dir)
	if err != nil {
		return nil, fmt.Errorf("the compilation cache: %w", err)
	}
	return cache, nil
}

// engine is a runtime with the cache that it uses, nil if it has none.
type engine struct {
	wazero.Runtime
	cache wazero.CompilationCache
}

// newEngine starts a runtime for one guest.
func (l Loader) newEngine(ctx context.Context) (engine, error) {
	config := wazero.NewRuntimeConfig()
	if l.interpret {
		config = wazero.NewRuntimeConfigInterpreter()
	}
	cache, err := openCache(l.Cache)
	if err != nil {
		return engine{}, err
	}
	if cache != nil {
		config = config.WithCompilationCache(cache)
	}
	return engine{wazero.NewRuntimeWithConfig(context.WithoutCancel(ctx), config), cache}, nil
}

// Close frees what the runtime and its modules hold. The cache's folder stays.
func (e engine) Close(ctx context.Context) error {
	err := e.Runtime.Close(ctx)
	if e.cache != nil && err == nil {
		err = e.cache.Close(ctx)
	}
	return err
}
