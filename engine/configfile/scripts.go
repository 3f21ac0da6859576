package configfile

import (
	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/script"
	"github.com/hookseal/hookseal/engine/script/worker"
)

// scripts returns what loads scripts: in processes of their own, unless the file
// says otherwise or the program has none.
func (l *loader) scripts() engine.GuestLoader {
	args, wanted := l.opts.ScriptWorker, l.file.Limits.ScriptWorkers
	switch {
	case args == nil && wanted != nil && *wanted > 0:
		l.note("limits.script_workers", "is %d, and this program has no workers: set it to 0, to run scripts within the program", *wanted)
	case args != nil && wanted == nil:
		return worker.NewLoader(worker.Config{Args: args, Env: l.opts.ScriptEnv, Bundler: l.opts.Bundler})
	case args != nil && *wanted > 0:
		return worker.NewLoader(worker.Config{Args: args, Env: l.opts.ScriptEnv, Bundler: l.opts.Bundler, Workers: int(*wanted)})
	}
	return script.Loader{Bundler: l.opts.Bundler}
}
