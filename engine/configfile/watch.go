package configfile

import (
	"cmp"
	"context"
	"os"
	"time"
)

// Watching says how [Watch] looks for changes. The zero value is what most want.
type Watching struct {
	// Every is the time between two looks at the files; zero is one second.
	Every time.Duration
	// Now has the files loaded at once, changed or not, by each signal that it
	// delivers; nil never does.
	Now <-chan os.Signal
	// Loading is given what loads a version and makes it live, and calls it once;
	// nil has it called as it is. It is for what holds meanwhile: a large
	// configuration takes several times its memory while it is read.
	Loading func(load func())
}

// Watch calls changed with each later version of a configuration, until the
// context ends: what [Load] makes of the file, or its error. See
// [Running.Reload], which makes a version live.
//
// A version differs in a file that the last one was read from: the file itself,
// a transform, a file: secret, a kept secret, a pack below the folder of the
// catalog. It is loaded once a look shows the same as the look before, so that a
// file which is being written, or files which are replaced one by one, are not
// taken up halfway. Watch does not see changes of environment variables.
//
// Calls come one at a time. A version that does not load is reported once.
func Watch(ctx context.Context, c *Config, w Watching, changed func(next *Config, err error)) {
	ticks := time.NewTicker(cmp.Or(w.Every, time.Second))
	defer ticks.Stop()
	// Nothing else of c is kept: it may have been replaced.
	path, opts, last := c.Path, c.opts, c.footprint
	// pending is what the look before showed, where that was a change.
	var pending map[string]sight
	load := func() {
		next, footprint, err := load(path, opts, readWrite)
		last, pending = footprint, nil
		changed(next, err)
	}
	if w.Loading != nil {
		bare := load
		load = func() { w.Loading(bare) }
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.Now:
			load()
		case <-ticks.C:
			switch now := last.now(); {
			case sameSights(now, last.seen):
				pending = nil
			case pending != nil && sameSights(now, pending):
				load()
			default:
				pending = now
			}
		}
	}
}
