package sqlite_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/sqlite"
	"github.com/hookseal/hookseal/engine/webhook"
)

func TestOpenRefusesASecondStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hookseal.db")
	first := open(t, path, sqlite.Options{})
	link := filepath.Join(t.TempDir(), "link.db")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, link} {
		second, err := sqlite.Open(name, sqlite.Options{})
		if err == nil {
			second.Close()
			t.Fatalf("Open(%s) of a database that is open = nil, want an error", name)
		}
		for _, part := range []string{first.Path(), first.Path() + ".lock", "in use by this process", "stop it"} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("Open = %q, want it to say %q", err, part)
			}
		}
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, path, sqlite.Options{})
}

// TestOpenRefusesForeignFiles opens what is not a database of ours, and looks
// that it is left as it was.
func TestOpenRefusesForeignFiles(t *testing.T) {
	whole := wholeDatabase(t)
	foreign := bytes.Clone(whole)
	binary.BigEndian.PutUint32(foreign[68:], 0)
	newer := bytes.Clone(whole)
	binary.BigEndian.PutUint32(newer[60:], 4711)
	for name, c := range map[string]struct {
		content []byte
		want    string
	}{
		"text":          {[]byte(strings.Repeat("listen = \"127.0.0.1:8080\"\n", 10)), "is not a SQLite database"},
		"short text":    {[]byte("hello"), "5 bytes"},
		"other program": {foreign, "of another program"},
		"newer schema":  {newer, "schema version 4711, this program knows versions up to "},
		"cut short":     {whole[:len(whole)-100], "is cut short"},
		"one page":      {whole[:4096], "is cut short"},
		"half a page":   {whole[:2000], "is cut short"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "some.db")
			if err := os.WriteFile(path, c.content, 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := sqlite.Open(path, sqlite.Options{})
			if err == nil {
				s.Close()
				t.Fatal("Open = nil, want an error")
			}
			if !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "some.db") {
				t.Errorf("Open = %q, want it to name some.db and say %q", err, c.want)
			}
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, c.content) {
				t.Errorf("the file has changed: %d bytes, %v, want the same %d", len(after), err, len(c.content))
			}
		})
	}
}

// TestOpenDamaged opens a database whose first table page is noise: SQLite
// notices when it reads, and says so.
func TestOpenDamaged(t *testing.T) {
	content := wholeDatabase(t)
	for i := 100; i < 4096; i++ {
		content[i] = 0xa5
	}
	path := filepath.Join(t.TempDir(), "some.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := sqlite.Open(path, sqlite.Options{})
	if err == nil {
		s.Close()
		t.Fatal("Open = nil, want an error")
	}
	if !strings.Contains(err.Error(), "malformed") || !strings.Contains(err.Error(), "some.db") {
		t.Errorf("Open = %q, want it to name some.db and say that it is malformed", err)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, content) {
		t.Errorf("the file has changed, %v", err)
	}
}

func wholeDatabase(t *testing.T) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "whole.db")
	s := open(t, path, sqlite.Options{})
	accept(t, s, "e1")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + "-wal"); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("Stat of the log after Close = %v, want it gone", err)
	}
	return content
}

func TestOpenFaults(t *testing.T) {
	for name, c := range map[string]struct {
		path string
		opts sqlite.Options
		want string
	}{
		"no path":     {"", sqlite.Options{}, "path is empty"},
		"no folder":   {filepath.Join(t.TempDir(), "none", "hookseal.db"), sqlite.Options{}, "none"},
		"a folder":    {t.TempDir(), sqlite.Options{}, "is a directory"},
		"synchronous": {filepath.Join(t.TempDir(), "hookseal.db"), sqlite.Options{Synchronous: "full"}, `synchronous is "full", want one of`},
		"recent keys": {filepath.Join(t.TempDir(), "hookseal.db"), sqlite.Options{RecentKeys: -1}, "recent keys are -1"},
	} {
		s, err := sqlite.Open(c.path, c.opts)
		if err == nil {
			s.Close()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: Open = %v, want it to say %q", name, err, c.want)
		}
	}
}

// TestOpenAfterCrash opens a copy of the files that was made while the store was
// open: what a crash leaves behind, with the log not yet copied into the file.
func TestOpenAfterCrash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hookseal.db")
	s := open(t, path, sqlite.Options{})
	accept(t, s, "e1")
	after := open(t, crashed(t, path), sqlite.Options{})
	if _, err := after.Event(t.Context(), "e1"); err != nil {
		t.Errorf("Event after a crash = %v, want it kept", err)
	}
}

// crashed copies the files of a store that is open and idle.
func crashed(t *testing.T, path string) string {
	t.Helper()
	copied := filepath.Join(t.TempDir(), "copy.db")
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(copied+suffix, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return copied
}

func TestOpenOddPaths(t *testing.T) {
	for _, name := range []string{"a b.db", "what?.db", "50%25.db", "#1.db", "ünï.db", "mode=ro&x.db", ":memory:"} {
		path := filepath.Join(t.TempDir(), name)
		s := open(t, path, sqlite.Options{})
		accept(t, s, "e1")
		if _, err := os.Stat(path); err != nil {
			t.Errorf("Open(%q) made no file of that name: %v", name, err)
		}
	}
}

// accept stores an event with one delivery that is due.
func accept(t testing.TB, s *sqlite.Store, id string) {
	t.Helper()
	if _, err := s.Accept(t.Context(), acceptance(id)); err != nil {
		t.Fatal(err)
	}
}

func acceptance(id string) store.Acceptance {
	return store.Acceptance{
		Event:      webhook.Event{ID: id, Source: "s", Body: []byte("body of " + id)},
		Deliveries: []webhook.Delivery{{ID: "d-" + id, MessageID: id, Endpoint: "crm"}},
	}
}

// What a crash interrupted is due at once, and not when its lease would end.
func TestOpenEndsLeases(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hookseal.db")
	s, err := sqlite.Open(path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(1_700_000_000, 0).UTC()
	ev := webhook.Event{ID: "evt_1", Source: "s", Time: now}
	owed := []webhook.Delivery{{ID: "dlv_1", MessageID: "evt_1", EventID: "evt_1", Endpoint: "e", State: webhook.Pending, Due: now, Created: now}}
	if _, err := s.Accept(t.Context(), store.Acceptance{Event: ev, Deliveries: owed}); err != nil {
		t.Fatal(err)
	}
	lease := func(s *sqlite.Store) []store.Lease {
		leases, err := s.Lease(t.Context(), store.LeaseRequest{Now: now, For: time.Hour, Max: 10, Default: 10})
		if err != nil {
			t.Fatal(err)
		}
		return leases
	}
	if got := lease(s); len(got) != 1 {
		t.Fatalf("%d leases, want 1", len(got))
	}
	if got := lease(s); len(got) != 0 {
		t.Fatalf("%d leases of what is leased, want 0", len(got))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := sqlite.Open(path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if got := lease(again); len(got) != 1 {
		t.Errorf("%d leases after opening anew, want 1", len(got))
	}
}
