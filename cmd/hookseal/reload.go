package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"sync"
	"syscall"

	"github.com/hookseal/hookseal/engine/configfile"
	"github.com/hookseal/hookseal/engine/tomlfile"
)

// follower makes later versions of the configuration live, or says why not.
type follower struct {
	running *configfile.Running
	log     *slog.Logger
	// hangup has the files loaded at once.
	hangup <-chan os.Signal
	// check reports what of a version the command cannot change while it runs;
	// nil is nothing.
	check func(next *configfile.Config) error
	// reloaded is told what came of each version; nil is not called.
	reloaded func(err error)
}

// hangups delivers each SIGHUP until stop is called; without it one would end the
// process. Windows has none.
func hangups() (hangup <-chan os.Signal, stop func()) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGHUP)
	return c, func() { signal.Stop(c) }
}

// run follows the files of the configuration until the context ends.
func (f *follower) run(ctx context.Context) {
	configfile.Watch(ctx, f.running.Current(), configfile.Watching{Now: f.hangup, Loading: collectOften}, f.take)
}

// during follows the files for as long as serve runs.
func (f *follower) during(ctx context.Context, serve func() error) error {
	ctx, cancel := context.WithCancel(ctx)
	var following sync.WaitGroup
	following.Go(func() { f.run(ctx) })
	defer following.Wait()
	defer cancel()
	return serve()
}

// take makes a version live, unless it has a fault.
func (f *follower) take(next *configfile.Config, err error) {
	before := f.running.Current()
	if err == nil && f.check != nil {
		err = f.check(next)
	}
	if err == nil {
		err = f.running.Reload(next)
	}
	if f.reloaded != nil {
		f.reloaded(err)
	}
	if err != nil {
		f.refuse(err)
		return
	}
	f.logChanges(before.Changes(next))
	for _, text := range next.Warnings {
		if !slices.Contains(before.Warnings, text) {
			f.log.Warn(text)
		}
	}
	f.log.Info("configuration reloaded", "file", next.Path, "sources", len(next.Engine.Sources),
		"endpoints", len(next.Engine.Endpoints), "subscriptions", len(next.Engine.Subscriptions))
}

// logChanges says what another version has otherwise: names and keys, no values.
func (f *follower) logChanges(changes []configfile.Change) {
	for _, c := range changes {
		f.log.Info("configuration: "+c.Part+" "+c.What, "name", c.Name, "keys", c.Keys)
	}
}

// refuse logs each fault on a line of its own.
func (f *follower) refuse(err error) {
	const message = "configuration not reloaded: the version before stays live"
	if faults, ok := errors.AsType[tomlfile.Faults](err); ok {
		for _, fault := range faults {
			where := []any{"file", fault.File}
			if fault.Line > 0 { // what was left out has none
				where = append(where, "line", fault.Line)
			}
			f.log.Error(message, append(where, "key", fault.Key, "fault", fault.Message)...)
		}
		return
	}
	f.log.Error(message, "error", err)
}
