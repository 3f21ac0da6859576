package configfile

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/tomlfile"
)

// Running is an engine with its store, opened from a file.
type Running struct {
	// Engine is open and does not deliver yet: its Run is the caller's to call.
	Engine *engine.Engine
	// Store is the store that Engine works with.
	Store store.Store

	current atomic.Pointer[Config]
}

// Open loads the file at path and opens the store and an engine with it. See
// [Load] for its error where the file is at fault.
func Open(path string, opts Options) (*Running, error) {
	config, _, err := load(path, opts, readWrite)
	if err != nil {
		return nil, err
	}
	db, err := config.Place.Open(context.Background(), opts.Logger)
	if err != nil {
		return nil, err
	}
	config.Engine.Store = db
	if err := config.openVault(context.Background(), db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	eng, err := engine.Open(config.Engine)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	config.tidyVault(context.Background())
	r := &Running{Engine: eng, Store: db}
	r.current.Store(config)
	return r, nil
}

// Close closes the engine, then the store. It is called once the engine's Run
// has returned and its handler has served its last request.
func (r *Running) Close() error { return errors.Join(r.Engine.Close(), r.Store.Close()) }

// tryOpen has an engine judge the configuration, and gives its faults their
// lines. What follows from a fault that is already noted is left out.
func (l *loader) tryOpen() {
	eng, err := engine.Open(l.config.Engine)
	if err == nil {
		err = eng.Close()
	}
	l.takeEngine(err)
}

func (l *loader) takeEngine(err error) {
	if err == nil {
		return
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range joined.Unwrap() {
			l.takeEngine(err)
		}
		return
	}
	fault, ok := err.(*engine.Fault)
	if !ok {
		l.faults = append(l.faults, err)
		return
	}
	if key := l.keyOf(fault); fault.Key == "" || !l.isFaulty(key) {
		l.faults = append(l.faults, l.text.Fault(key, "%s", fault.Err))
	}
}

// keyOf returns the key of the file that a fault of the engine is about.
func (l *loader) keyOf(f *engine.Fault) string {
	at := tomlfile.Key(f.Part, f.Name)
	key := f.Key
	switch f.Part {
	case "source":
		t := l.file.Source[f.Name]
		key = secretKey(key, t.Secret, t.Secrets)
	case "endpoint":
		t := l.file.Endpoint[f.Name]
		key = secretKey(key, t.Secret, t.Secrets)
		for i, also := range t.AlsoSign {
			if under := fmt.Sprintf("also_sign[%d].", i); strings.HasPrefix(key, under) {
				key = under + secretKey(key[len(under):], also.Secret, also.Secrets)
			}
		}
	case "retention":
		at = f.Part
	case "subscription":
		at = fmt.Sprintf("subscription[%d]", f.Index)
	case "transform":
		for i, s := range l.config.Engine.Subscriptions {
			if s.Transform == f.Name {
				return fmt.Sprintf("subscription[%d].transform", i)
			}
		}
	}
	if key == "" {
		return at
	}
	return at + "." + key
}

// secretKey returns the one of the two keys of secrets that the file uses, and
// other keys as they are.
func secretKey(key string, one *secretRef, list []secretRef) string {
	switch {
	case key != "secret" && key != "secrets":
		return key
	case one != nil:
		return "secret"
	case list != nil:
		return "secrets"
	}
	return key
}
