package sqlite

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// errHeld is what [lockFile] returns when somebody else holds the lock.
var errHeld = errors.New("lock is held")

// fileLock keeps every other process, and every other Store of this one, from
// the database. The system drops it when the process ends, however it ends.
//
// The file stays when the lock is released: removing it would let two processes
// hold locks on two files of the same name.
type fileLock struct{ file *os.File }

func acquireLock(database string) (*fileLock, error) {
	path := database + ".lock"
	file, err := lockFile(path)
	if errors.Is(err, errHeld) {
		return nil, fmt.Errorf("database %q is in use by %s, which holds %q: stop it, or open another file",
			database, holder(path), path)
	}
	if err != nil {
		return nil, fmt.Errorf("lock database %q: %w", database, err)
	}
	l := &fileLock{file}
	if err := l.sign(); err != nil {
		return nil, errors.Join(fmt.Errorf("write lock file %q: %w", path, err), l.release())
	}
	return l, nil
}

// sign leaves the number of the process for the message that others get.
func (l *fileLock) sign() error {
	if err := l.file.Chmod(0o600); err != nil {
		return err
	}
	if err := l.file.Truncate(0); err != nil {
		return err
	}
	_, err := l.file.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return err
}

func (l *fileLock) release() error { return l.file.Close() }

func holder(path string) string {
	text, err := os.ReadFile(path)
	pid := strings.TrimSpace(string(text))
	if _, numErr := strconv.Atoi(pid); err != nil || numErr != nil {
		return "another process"
	}
	if pid == strconv.Itoa(os.Getpid()) {
		return "this process"
	}
	return "process " + pid
}
