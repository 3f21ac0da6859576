package configfile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/postgres"
	"github.com/hookseal/hookseal/engine/store/sqlite"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Place is where a store is: in a SQLite file, or in a PostgreSQL database. It
// prints as it may be shown, without a password.
type Place struct {
	path string
	// dsn is set for a database, shown is the same without the password.
	dsn   webhook.Secret
	shown string
	// listen is the DSN of notifications, if it is another one.
	listen webhook.Secret
}

// File returns the path of the SQLite file, and false for a database.
func (p Place) File() (path string, ok bool) { return p.path, p.path != "" }

// String returns the path, or the address of the database without its password.
func (p Place) String() string {
	if p.path != "" {
		return p.path
	}
	return p.shown
}

// Open opens the store, and makes it if there is none. No error holds the
// password.
func (p Place) Open(ctx context.Context, log *slog.Logger) (store.Store, error) {
	// A store is returned by name: one that is nil must be no interface of nil.
	if p.path != "" {
		db, err := sqlite.Open(p.path, sqlite.Options{Logger: log})
		if err != nil {
			return nil, err
		}
		return db, nil
	}
	db, err := postgres.Open(ctx, string(p.dsn.Reveal()), postgres.Options{Logger: log, Listen: string(p.listen.Reveal())})
	if err != nil {
		return nil, err
	}
	return db, nil
}

// Reader reads a store that servers may have open, and changes nothing. It is
// safe for concurrent use.
type Reader interface {
	// The methods are those of [store.Store].
	Event(ctx context.Context, id string) (webhook.Event, error)
	Events(ctx context.Context, q store.EventQuery) ([]webhook.Event, error)
	Delivery(ctx context.Context, id string) (webhook.Delivery, error)
	Deliveries(ctx context.Context, q store.DeliveryQuery) ([]webhook.Delivery, error)
	Attempts(ctx context.Context, delivery string) ([]webhook.Attempt, error)
	Counts(ctx context.Context) (map[webhook.DeliveryState]int64, error)
	Health(ctx context.Context) ([]webhook.Health, error)
	NextDue(ctx context.Context) (time.Time, error)
	Close() error
}

// OpenReader opens the store for reading. It returns [fs.ErrNotExist] if there
// is none yet.
func (p Place) OpenReader(ctx context.Context) (Reader, error) {
	if p.path != "" {
		db, err := sqlite.OpenReader(p.path)
		if err != nil {
			return nil, err
		}
		return db, nil
	}
	db, err := postgres.OpenReader(ctx, string(p.dsn.Reveal()))
	if err != nil {
		return nil, err
	}
	return db, nil
}

// Check reports why the store could not be opened, as far as that shows without
// a change: a database is connected to, of a file only the folder is looked at.
func (p Place) Check(ctx context.Context) error {
	if p.path == "" {
		return postgres.Check(ctx, string(p.dsn.Reveal()))
	}
	info, err := os.Stat(filepath.Dir(p.path))
	if err != nil {
		return fmt.Errorf("its folder: %w", err)
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is not a folder", filepath.Dir(p.path))
	}
	return nil
}

// Exists reports whether there is a store already.
func (p Place) Exists(ctx context.Context) (bool, error) {
	if p.path != "" {
		_, err := os.Stat(p.path)
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
		return err == nil, err
	}
	db, err := p.OpenReader(ctx)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, db.Close()
}

// data finds the place that the key of that name says.
func (l *loader) data() {
	value := l.file.Data
	kind, _, _ := strings.Cut(value, ":")
	switch {
	case value == "":
		l.note("data", "is empty; write the path of a SQLite file, such as %q, or postgres://…", defaultData)
		return
	case kind == "env" || kind == "file":
		l.dataReference(value)
	case isDatabase(value):
		l.database([]byte(value))
		if u, err := url.Parse(value); err == nil {
			if _, has := u.User.Password(); has {
				l.warn("data holds a password in plain in %s: write env:NAME or file:PATH, which stands for the whole URL", l.config.Path)
			}
		}
	case strings.Contains(value, "://"):
		l.note("data", "a URL of kind %q is no store; write the path of a SQLite file, such as %q, or postgres://…", kind, defaultData)
		return
	default:
		l.config.Place.path = within(l.dir, value)
		if err := l.config.Place.Check(context.Background()); err != nil {
			l.note("data", "%s", err)
		}
	}
	l.config.Data = l.config.Place.String()
}

func isDatabase(value string) bool {
	return strings.HasPrefix(value, "postgres://") || strings.HasPrefix(value, "postgresql://")
}

// dataReference takes the URL of a database that a reference stands for.
func (l *loader) dataReference(ref string) {
	if file, is := strings.CutPrefix(ref, "file:"); is {
		l.footprint.file(within(l.dir, file))
	}
	secret, err := References{LookupEnv: l.opts.LookupEnv, Dir: l.dir}.Secret(ref)
	switch {
	case err != nil:
		l.note("data", "%s", err)
	case !isDatabase(string(secret.Reveal())):
		l.note("data", "%s stands for no postgres:// URL", ref)
	default:
		l.database(secret.Reveal())
	}
}

func (l *loader) database(dsn []byte) {
	shown, err := postgres.Describe(string(dsn))
	if err != nil {
		l.note("data", "%s", err)
		return
	}
	secret, err := webhook.NewSecret("data", dsn)
	if err != nil {
		l.note("data", "%s", err)
		return
	}
	l.config.Place = Place{dsn: secret, shown: shown}
}
