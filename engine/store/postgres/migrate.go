package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/jackc/pgx/v5"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrationLock is the key of the advisory lock under which one node at a time
// brings the schema up to date: the letters "hookseal".
const migrationLock = 0x686f6f6b7365616c

// migrate brings the schema up to the last of the scripts, each of which moves
// it from the version before its place in the order of names. All of them, and
// the version, are committed together.
//
// There is no way back: a schema that is newer than the scripts is refused.
func migrate(ctx context.Context, c *pgx.Conn, scripts fs.FS) error {
	names, err := fs.Glob(scripts, "migrations/*.sql")
	if err != nil {
		return err
	}
	slices.Sort(names)
	// Most of the time there is nothing to do, which takes no lock and no right
	// to change anything.
	if version, err := schemaVersion(ctx, c); err == nil && version == len(names) {
		return nil
	}
	return pgx.BeginFunc(ctx, c, func(t pgx.Tx) error { return migrateAll(ctx, t, scripts, names) })
}

func migrateAll(ctx context.Context, t pgx.Tx, scripts fs.FS, names []string) error {
	// What a server permits a statement is meant for those of every day.
	if _, err := t.Exec(ctx, "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0", pgx.QueryExecModeSimpleProtocol); err != nil {
		return err
	}
	if _, err := t.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", int64(migrationLock)); err != nil {
		return fmt.Errorf("wait for other nodes that migrate: %w", err)
	}
	version, err := schemaVersion(ctx, t.Conn())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := createSchema(ctx, t); err != nil {
			return fmt.Errorf("create schema hookseal: %w", err)
		}
	case err != nil:
		return err
	case version > len(names):
		return newerSchema(version, len(names))
	}
	for i, name := range names[version:] {
		script, err := fs.ReadFile(scripts, name)
		if err != nil {
			return err
		}
		// Without arguments a script of many statements is sent as it is.
		if _, err := t.Exec(ctx, string(script), pgx.QueryExecModeSimpleProtocol); err != nil {
			return fmt.Errorf("migrate with %s: %w", name, err)
		}
		if _, err := t.Exec(ctx, "UPDATE hookseal.schema_version SET version = $1", version+i+1); err != nil {
			return err
		}
	}
	return nil
}

func newerSchema(version, known int) error {
	return fmt.Errorf("the schema has version %d, this program knows versions up to %d: use a newer hookseal", version, known)
}

func createSchema(ctx context.Context, t pgx.Tx) error {
	_, err := t.Exec(ctx, "CREATE SCHEMA IF NOT EXISTS hookseal;"+
		"CREATE TABLE hookseal.schema_version (version integer NOT NULL);"+
		"INSERT INTO hookseal.schema_version (version) VALUES (0)", pgx.QueryExecModeSimpleProtocol)
	return err
}

// knownVersion is the version that the scripts lead to.
func knownVersion() (int, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	return len(names), err
}

// checkVersion refuses a schema of another version than this program's.
func checkVersion(ctx context.Context, c *pgx.Conn) error {
	known, err := knownVersion()
	if err != nil {
		return err
	}
	version, err := schemaVersion(ctx, c)
	if err == nil && version != known {
		err = fmt.Errorf("the schema has version %d, this program reads version %d", version, known)
	}
	return err
}

// checkNotNewer refuses a schema that this program cannot bring up to date.
func checkNotNewer(ctx context.Context, c *pgx.Conn) error {
	known, err := knownVersion()
	if err != nil {
		return err
	}
	version, err := schemaVersion(ctx, c)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && version > known {
		err = newerSchema(version, known)
	}
	return err
}

// schemaVersion returns the version that the database has, or an error that is
// [fs.ErrNotExist] where there is no schema.
func schemaVersion(ctx context.Context, c *pgx.Conn) (version int, err error) {
	var exists bool
	// The catalog's tables are asked, and not to_regclass, which may answer from
	// before the lock was waited for.
	err = c.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"+
		" WHERE n.nspname = 'hookseal' AND c.relname = 'schema_version')", pgx.QueryExecModeSimpleProtocol).Scan(&exists)
	if err != nil {
		return 0, err
	}
	if !exists {
		return 0, errNoSchema
	}
	err = c.QueryRow(ctx, "SELECT version FROM hookseal.schema_version", pgx.QueryExecModeSimpleProtocol).Scan(&version)
	return version, err
}
