package durability

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/sqlite"
	"github.com/hookseal/hookseal/engine/webhook"
)

// A database whose file or log was damaged by something else than a crash is
// refused with an error that names it, and loses nothing in silence. Two things
// cannot be noticed: a log that ends too early, which is what a crash leaves, and
// bytes within a row, which have no checksum of their own.
//
// HOOKSEAL_CUTS sets how many damages (40), HOOKSEAL_SEED their places.
func TestTorn(t *testing.T) {
	file, log := tornFiles(t)
	rounds, seed := number(t, "HOOKSEAL_CUTS", 40), uint64(number(t, "HOOKSEAL_SEED", 1))
	chance := rand.New(rand.NewPCG(seed, seed))
	t.Run("file cut", func(t *testing.T) {
		for range rounds {
			size := chance.IntN(len(file))
			if err := survey(t, file[:size], log, tornEvents); err == nil || !strings.Contains(err.Error(), sqliteFile) {
				t.Errorf("Open of a file cut to %d of %d bytes = %v, want an error that names it", size, len(file), err)
			}
		}
	})
	t.Run("log changed", func(t *testing.T) {
		for range rounds {
			changed, at := bytes.Clone(log), chance.IntN(len(log))
			changed[at] ^= byte(1 + chance.IntN(255))
			if at >= 16 && at < 24 {
				continue // the salts: as if the log had been begun anew
			}
			// What looks like the last commit may be one that a crash left unfinished.
			if err := survey(t, file, changed, tornEvents-1); err != nil && !strings.Contains(err.Error(), "is damaged: frame") {
				t.Errorf("with byte %d of %d of the log changed: %v", at, len(log), err)
			}
		}
	})
}

const tornEvents = 60

// tornFiles returns what a crash leaves of a database with tornEvents events: a
// file with half of them, and a log with the others.
func tornFiles(t *testing.T) (file, log []byte) {
	t.Helper()
	path := filepath.Join(t.TempDir(), sqliteFile)
	fill := func(from, to int) *sqlite.Store {
		s, err := sqlite.Open(path, sqlite.Options{Synchronous: "OFF"})
		if err != nil {
			t.Fatal(err)
		}
		for i := from; i < to; i++ {
			id := fmt.Sprintf("evt_%03d", i)
			_, err := s.Accept(t.Context(), store.Acceptance{
				Event:    webhook.Event{ID: id, Source: "s", Time: time.Now(), Body: bytes.Repeat([]byte("torn"), 700)},
				DedupKey: id,
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		return s
	}
	if err := fill(0, tornEvents/2).Close(); err != nil {
		t.Fatal(err)
	}
	s := fill(tornEvents/2, tornEvents)
	file, fileErr := os.ReadFile(path)
	log, logErr := os.ReadFile(path + "-wal")
	if err := errors.Join(fileErr, logErr, s.Close()); err != nil {
		t.Fatal(err)
	}
	return file, log
}

// errLost reports that fewer events are there than there must be.
var errLost = errors.New("events are lost in silence")

// survey opens what is left, and wants so many events in it.
func survey(t *testing.T, file, log []byte, want int) error {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, sqliteFile)
	if err := errors.Join(os.WriteFile(path, file, 0o600), os.WriteFile(path+"-wal", log, 0o600)); err != nil {
		t.Fatal(err)
	}
	s, err := sqlite.Open(path, sqlite.Options{Synchronous: "OFF"})
	if err != nil {
		return err
	}
	list, err := s.Events(t.Context(), store.EventQuery{})
	if err == nil && len(list) < want {
		err = errLost
	}
	return errors.Join(err, s.Close(), os.RemoveAll(dir))
}
