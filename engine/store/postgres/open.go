package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Open opens the store in the database of a DSN, in the form of a URL
// (postgres://user:password@host:port/database) or of key=value pairs. The
// database must exist, and the user may create a schema in it, or else owns what is in
// the schema and may create tables there. Older schemas are brought up to date; nodes
// that open at the same time wait for each other.
//
// It returns an error if the server cannot be reached, has fsync = off, keeps a
// schema that is newer than this program, or lets the user make no tables. No error holds the password. The
// context bounds the opening alone.
func Open(ctx context.Context, dsn string, opts Options) (*Store, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	config, err := parse(dsn, opts)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	listen := config.ConnConfig
	if opts.Listen != "" {
		if listen, err = pgx.ParseConfig(opts.Listen); err != nil {
			return nil, fmt.Errorf("open store: listen: %w", errDSN)
		}
	}
	pool, err := connect(ctx, config, checkDurable)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	err = upgrade(ctx, pool, func(ctx context.Context, c *pgx.Conn) error {
		if err := migrate(ctx, c, migrations); err != nil {
			return err
		}
		return checkRights(ctx, c)
	})
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("open store: database %s: %w", describe(&config.ConnConfig.Config), plainly(err))
	}
	s := &Store{
		queries: queries{pool: pool, door: &door{}},
		opts:    opts,
		book:    newBook(),
		days:    newDays(),
		slots:   newSlots(),
		leasing: make(chan struct{}, 1),
	}
	s.herald = newHerald(pool, listen, opts)
	s.accepts = newLane(s.acceptBatch)
	if err := s.begin(ctx); err != nil {
		return nil, fmt.Errorf("open store: database %s: %w", describe(&config.ConnConfig.Config), closeAfter(s, err))
	}
	return s, nil
}

// begin commits something, so that what does not work is known before anything is
// accepted, learns which days have tables, and makes those of today.
func (s *Store) begin(ctx context.Context) error {
	if err := s.Ping(ctx); err != nil {
		return err
	}
	if err := s.knowDays(ctx); err != nil {
		return err
	}
	_, err := s.dayFor(ctx, time.Now())
	return err
}

// upgrade has do bring the schema up to date, which takes as long as the data asks
// for: a limit would undo it at every start.
func upgrade(ctx context.Context, pool *pgxpool.Pool, do func(context.Context, *pgx.Conn) error) error {
	return pool.AcquireFunc(ctx, func(c *pgxpool.Conn) error { return do(ctx, c.Conn()) })
}

func closeAfter(s *Store, err error) error {
	if closing := s.Close(); closing != nil {
		return fmt.Errorf("%w; %w", err, closing)
	}
	return err
}
