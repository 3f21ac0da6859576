package configfile

import (
	"context"
	"fmt"

	"github.com/hookseal/hookseal/engine/store/sqlite"
)

// Backup writes all that a SQLite store has committed into a new file, whether a
// server runs on it or not; see [sqlite.Reader.Backup]. It returns [fs.ErrNotExist]
// if there is no store yet, and [fs.ErrExist] if there is such a file. A database
// is backed up by PostgreSQL's own tools: the error says how.
func (p Place) Backup(ctx context.Context, file string) error {
	if p.path == "" {
		return fmt.Errorf("a database is backed up by PostgreSQL's own tools, such as: "+
			"pg_dump --format=custom --schema=hookseal --file=%s '%s'", file, p.shown)
	}
	r, err := sqlite.OpenReader(p.path)
	if err != nil {
		return err
	}
	defer r.Close()
	return r.Backup(ctx, file)
}
