package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/hookseal/hookseal/engine/webhook"
)

// Open opens the store in the file at path, and creates it if it is missing or
// empty. The folder must exist. Older schemas are brought up to date.
//
// It returns an error, and leaves the file as it is, if another process (or
// another Store of this one) has it open, if it is not a database of hookseal,
// if it is cut short, or if its schema is newer than this program.
func Open(path string, opts Options) (*Store, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	if path, err = resolve(path); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	lock, err := acquireLock(path)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	s, err := openLocked(path, opts)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open store: %w", err), lock.release())
	}
	s.lock = lock
	return s, nil
}

// resolve returns the path of the file itself, so that two links to one file
// meet the same lock.
func resolve(path string) (string, error) {
	if path == "" {
		return "", errors.New("path is empty")
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	real, err := filepath.EvalSymlinks(absolute)
	if errors.Is(err, fs.ErrNotExist) {
		return absolute, nil
	}
	return real, err
}

func openLocked(path string, opts Options) (*Store, error) {
	fresh, err := inspect(path)
	if err != nil {
		return nil, err
	}
	if err := restrict(path, fresh); err != nil {
		return nil, err
	}
	if err := prepare(path, fresh, opts); err != nil {
		return nil, err
	}
	w, err := startWriter(path, opts)
	if err != nil {
		return nil, err
	}
	readers, err := openReaders(path)
	if err != nil {
		return nil, errors.Join(err, w.stop())
	}
	return &Store{path: path, writer: w, readers: readers}, nil
}

// restrict makes the files the owner's alone. SQLite gives the log and the
// shared memory the mode of the database.
func restrict(path string, fresh bool) error {
	if fresh {
		file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return err
		}
		if err := file.Close(); err != nil {
			return err
		}
	}
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		if err := os.Chmod(name, 0o600); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// prepare brings the schema up to date, on a connection of its own since it may
// change the file in ways that no other statement does.
func prepare(path string, fresh bool, opts Options) error {
	pragmas := durablePragmas(opts.Synchronous)
	if fresh {
		pragmas = append(pragmas, fmt.Sprintf("application_id = %d", applicationID), "journal_mode = WAL")
	}
	c, err := connect(path, pragmas...)
	if err != nil {
		return fmt.Errorf("database %q: %w", path, err)
	}
	err = migrate(c, migrations, path)
	if err == nil {
		err = endLeases(c)
	}
	return errors.Join(err, c.close())
}

// endLeases makes due what was leased when the last process ended. The lock says
// that it has ended, so that nobody is left to settle, and the wait until the
// leases run out would only delay what a crash interrupted.
func endLeases(c *conn) error {
	state, err := stateNumber(webhook.Running)
	if err != nil {
		return err
	}
	running, err := c.number(fmt.Sprintf("SELECT n FROM counts WHERE state = %d", state))
	if err != nil || running == 0 {
		return err
	}
	_, err = c.exec(fmt.Sprintf("UPDATE deliveries INDEXED BY deliveries_wake SET wake = due WHERE wake IS NOT NULL AND state = %d", state))
	return err
}

// durablePragmas say how far a commit must have come before it returns. In WAL
// mode with FULL every COMMIT syncs the log, and a checkpoint syncs the log
// before and the file after it copies.
func durablePragmas(synchronous string) []string {
	return []string{
		busyTimeout,
		"synchronous = " + synchronous,
		// Where fsync alone does not reach the disk, as on macOS.
		"fullfsync = ON",
		"checkpoint_fullfsync = ON",
	}
}

const (
	busyTimeout = "busy_timeout = 5000"
	// overwriteSome has what is removed overwritten by zeros in pages that are
	// written anyway, overwriteAll in every page.
	overwriteSome = "secure_delete = FAST"
	overwriteAll  = "secure_delete = ON"
)

func writerPragmas(synchronous string) []string {
	return append(durablePragmas(synchronous),
		"journal_mode = WAL",
		fmt.Sprintf("wal_autocheckpoint = %d", checkpointPages),
		fmt.Sprintf("journal_size_limit = %d", logBytes),
		fmt.Sprintf("cache_size = -%d", writerCacheKiB),
		"temp_store = MEMORY",
		overwriteSome,
	)
}

const (
	// checkpointPages is the length of the log, in pages of 4 KiB, at which it
	// is copied into the file. A longer one writes a page that many commits
	// touch only once, and makes the commit that copies it longer.
	checkpointPages = 4000
	// logBytes is what is kept of a log that had to grow further.
	logBytes = 64 << 20
	// writerCacheKiB holds the pages that accepting touches at random. With a
	// larger one SQLite spends more at each commit than it saves.
	writerCacheKiB = 16 << 10
	readerCacheKiB = 8 << 10
	// readerCount is how many queries run at the same time.
	readerCount = 4
)

func openReaders(path string) (chan *conn, error) {
	readers := make(chan *conn, readerCount)
	for range readerCount {
		// The last connection to close copies the log into the file, which may
		// be one that reads.
		c, err := connect(path, append(durablePragmas(fullSync), "query_only = ON",
			fmt.Sprintf("cache_size = -%d", readerCacheKiB))...)
		if err != nil {
			return nil, errors.Join(err, closeReaders(readers))
		}
		readers <- c
	}
	return readers, nil
}

// closeReaders closes those that are in the channel.
func closeReaders(readers chan *conn) error {
	close(readers)
	var faults []error
	for c := range readers {
		faults = append(faults, c.close())
	}
	return errors.Join(faults...)
}
