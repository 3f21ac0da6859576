package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// Backup writes all that was committed when it began into a new file of mode
// 0600, whether a process has the store open or not. That process goes on
// meanwhile, and its log grows by what it writes until the backup is done.
//
// The file is whole, checked and synced before it has its name, and never
// replaces another: the error is then [fs.ErrExist]. It holds nothing that was
// removed from the store. To restore, put it in the place of the store's file,
// with no process running and no path-wal beside it.
func (r *Reader) Backup(ctx context.Context, file string) error {
	file, err := filepath.Abs(file)
	if err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	if err := r.backup(ctx, file); err != nil {
		return fmt.Errorf("back up %q to %q: %w", r.store.path, file, err)
	}
	return nil
}

func (r *Reader) backup(ctx context.Context, file string) error {
	if _, err := os.Lstat(file); err == nil {
		return fs.ErrExist
	}
	draft, err := os.CreateTemp(filepath.Dir(file), ".hookseal-backup-*") // of mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(draft.Name())
	if err := copyInto(ctx, r.store.path, draft.Name()); err != nil {
		return errors.Join(err, draft.Close())
	}
	if err := errors.Join(draft.Sync(), draft.Close()); err != nil {
		return err
	}
	if err := checkWhole(ctx, draft.Name()); err != nil {
		return err
	}
	// Unlike a rename, a link never replaces what is there.
	if err := os.Link(draft.Name(), file); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(file))
}

// copyInto reads one state of the database, and writes it without gaps. It holds
// no lock that a writer waits for.
func copyInto(ctx context.Context, from, to string) error {
	c, err := connect(from, busyTimeout)
	if err != nil {
		return err
	}
	_, err = c.raw.(driver.ExecerContext).ExecContext(ctx, "VACUUM INTO ?", []driver.NamedValue{{Ordinal: 1, Value: to}})
	return errors.Join(err, c.close())
}

// checkWhole reads all of a database, and compares its tables with its indexes.
func checkWhole(ctx context.Context, path string) error {
	if _, err := inspect(path); err != nil {
		return err
	}
	c, err := connect(path, "query_only = ON")
	if err != nil {
		return err
	}
	answer := ""
	err = c.query(ctx, func(r *row) error {
		answer = r.text()
		return nil
	}, "PRAGMA integrity_check(1)")
	if err == nil && answer != "ok" {
		err = fmt.Errorf("the copy is damaged, and so may be the store: %s", answer)
	}
	return errors.Join(err, c.close())
}

func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	if runtime.GOOS == "windows" {
		return f.Close() // which has no sync of folders
	}
	return errors.Join(f.Sync(), f.Close())
}
