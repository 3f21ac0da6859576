package worker

import (
	"cmp"
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hookseal/hookseal/engine/script"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Config says how scripts are run in processes of their own.
type Config struct {
	// Args are the arguments with which this program is started as a worker. Its
	// main function then calls [Main] before anything else.
	Args []string
	// Env are environment variables that a worker is given, as KEY=VALUE: TZ,
	// say, for local times. Nil gives none of the server's.
	Env []string
	// Workers is the most processes at a time; zero is one for each processor,
	// and two at least, so that a script which hangs leaves one to others.
	Workers int
	// Bundler makes one file of scripts that import others or are written in
	// another language; nil refuses them. It runs in this process.
	Bundler script.Bundler
}

// Loader loads JavaScript guests that run in worker processes. It is safe for
// concurrent use.
//
// Processes are started when they are needed. All have ended when the last guest
// of the Loader is closed.
type Loader struct {
	config  Config
	pool    *pool
	scripts atomic.Uint64
}

var _ webhook.GuestLoader = (*Loader)(nil)

// NewLoader returns a Loader. It starts nothing.
func NewLoader(c Config) *Loader {
	c.Workers = cmp.Or(c.Workers, max(runtime.GOMAXPROCS(0), 2))
	return &Loader{config: c, pool: newPool(c)}
}

// Extensions returns those of [script.Loader].
func (l *Loader) Extensions() []string { return script.Loader{Bundler: l.config.Bundler}.Extensions() }

// Load has a worker compile a script and run its top level once.
//
// Its errors are those of [script.Loader.Load]. A script that brings its worker
// down gives a [*webhook.GuestError] too, and any other error means that no
// worker could be started.
func (l *Loader) Load(ctx context.Context, code webhook.GuestCode) (webhook.Guest, error) {
	g := &guest{
		pool: l.pool, number: l.scripts.Add(1),
		code: code, limits: code.Limits.WithDefaults(), slow: make(chan struct{}, 1),
	}
	if b := l.config.Bundler; b != nil {
		g.endings = b.Extensions()
		// All workers get what the first one was given, whatever the files say by then.
		g.bundle = sync.OnceValues(func() (*script.Bundle, error) { return b.Bundle(code) })
	}
	l.pool.enter()
	p, err := l.pool.take(ctx, g)
	if err == nil {
		var made loadedMessage
		made, err = g.load(ctx, p)
		g.hash, g.hooks = made.Hash, made.Hooks
		err = g.settle(ctx, p, err)
	}
	if err != nil {
		l.pool.leave()
		return nil, err
	}
	return g, nil
}

// patience is how long a call may take until its process is killed: a little
// more than the script has, which should be stopped by then.
func patience(limit time.Duration) time.Duration { return limit + limit/4 + 10*time.Millisecond }

// loadPatience is the same for loading a script of so many bytes.
func loadPatience(limit time.Duration, size int) time.Duration {
	return patience(limit) + 2*time.Second + time.Duration(size)*time.Microsecond
}

// mostOutput bounds the frame of a result, with what stands around the bytes
// that the limit counts.
func mostOutput(l webhook.GuestLimits) int64 {
	return min(2*min(l.WithDefaults().Output, maxFrame)+1<<20, maxFrame)
}
