package sqlite

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the schema up to the last of the scripts, each of which moves
// it from the version before its place in the order of names. The version is
// the file's user_version, and a script is committed together with it.
//
// There is no way back: a schema that is newer than the scripts is refused.
func migrate(c *conn, scripts fs.FS, path string) error {
	names, err := fs.Glob(scripts, "migrations/*.sql")
	if err != nil {
		return err
	}
	slices.Sort(names)
	version, err := c.number("PRAGMA user_version")
	if err != nil {
		return fmt.Errorf("read schema version of %q: %w", path, err)
	}
	if version > int64(len(names)) {
		return fmt.Errorf("database %q has schema version %d, this program knows versions up to %d: use a newer hookseal",
			path, version, len(names))
	}
	for i, name := range names[version:] {
		script, err := fs.ReadFile(scripts, name)
		if err != nil {
			return err
		}
		if err := c.migrateTo(version+int64(i)+1, string(script)); err != nil {
			return fmt.Errorf("migrate %q with %s: %w", path, name, err)
		}
	}
	return nil
}

func (c *conn) migrateTo(version int64, script string) error {
	err := c.script("BEGIN IMMEDIATE")
	if err != nil {
		return err
	}
	if err := c.script(script); err != nil {
		return errors.Join(err, c.script("ROLLBACK"))
	}
	if err := c.script(fmt.Sprintf("PRAGMA user_version = %d", version)); err != nil {
		return errors.Join(err, c.script("ROLLBACK"))
	}
	return c.script("COMMIT")
}
