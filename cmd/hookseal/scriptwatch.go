package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// lookEvery is the time between two looks at the files that are watched.
const lookEvery = 300 * time.Millisecond

// watchScripts runs the tests of a path, and again after every change of a file
// in its folder, until the context ends or a signal comes.
func watchScripts(ctx context.Context, w io.Writer, path string, every time.Duration) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	looks := time.NewTicker(every)
	defer looks.Stop()
	dir := path
	if info, err := os.Stat(path); err != nil {
		return err
	} else if !info.IsDir() {
		dir = filepath.Dir(path)
	}
	seen := filesIn(dir)
	for {
		if err := testScripts(ctx, w, path, false); err != nil {
			if no, ok := errors.AsType[*noError](err); !ok || no.err != nil {
				fmt.Fprintf(w, "FAIL  %s\n", printable(err.Error()))
			}
		}
		if _, err := fmt.Fprintln(w, "watching", dir); err != nil {
			return err
		}
		for maps.Equal(seen, filesIn(dir)) {
			select {
			case <-ctx.Done():
				return nil
			case <-looks.C:
			}
		}
		seen = filesIn(dir)
	}
}

// mark is by what a file is seen to have changed.
type mark struct {
	size    int64
	changed time.Time
}

// filesIn looks at the files of a folder and below it, but for hidden ones. What
// cannot be read is not there.
func filesIn(dir string) map[string]mark {
	files := map[string]mark{}
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil // the next look may find it
		}
		if path != dir && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules") {
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			files[path] = mark{info.Size(), info.ModTime()}
		}
		return nil
	})
	return files
}
