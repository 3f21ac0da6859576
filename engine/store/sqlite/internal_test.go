package sqlite

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

func openInternal(t *testing.T, opts Options) *Store {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "hookseal.db"), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// TestDurability asks the connection that writes how it is set.
func TestDurability(t *testing.T) {
	for synchronous, want := range map[string]int64{"": 2, "OFF": 0, "NORMAL": 1, "EXTRA": 3} {
		s := openInternal(t, Options{Synchronous: synchronous})
		err := s.write(t.Context(), "ask", func(tx *tx) error {
			for pragma, want := range map[string]int64{
				"synchronous": want, "fullfsync": 1, "checkpoint_fullfsync": 1, "wal_autocheckpoint": checkpointPages,
			} {
				if got, err := tx.number("PRAGMA " + pragma); err != nil || got != want {
					t.Errorf("synchronous %q: %s = %d, %v, want %d", synchronous, pragma, got, err, want)
				}
			}
			return tx.each(func(r *row) error {
				if mode := r.text(); mode != "wal" {
					t.Errorf("journal_mode = %q, want wal", mode)
				}
				return nil
			}, "PRAGMA journal_mode")
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestDiskFull bounds the file, which SQLite reports as it does a full disk.
func TestDiskFull(t *testing.T) {
	s := openInternal(t, Options{})
	limit := func(pragma string) {
		t.Helper()
		err := s.write(t.Context(), "limit", func(tx *tx) error {
			s.writer.pragmas = append(writerPragmas(fullSync), pragma)
			return tx.script("PRAGMA " + pragma)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	store1 := func(id string, size int) error {
		_, err := s.Accept(t.Context(), store.Acceptance{
			Event:      webhook.Event{ID: id, Body: make([]byte, size)},
			Deliveries: []webhook.Delivery{{ID: "d" + id, Endpoint: "crm"}},
			DedupKey:   id,
		})
		return err
	}
	if err := store1("before", 10); err != nil {
		t.Fatal(err)
	}
	limit("max_page_count = 40")
	for range 3 {
		if err := store1("large", 1<<20); err == nil || !strings.Contains(err.Error(), "full") {
			t.Fatalf("Accept of what does not fit = %v, want it to say that the disk is full", err)
		}
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("Ping = %v, want nil: a change that takes no space commits", err)
	}
	limit("max_page_count = 1073741823")
	if err := store1("large", 1<<20); err != nil {
		t.Errorf("Accept once there is space = %v, want nil", err)
	}
	counts, err := s.Counts(t.Context())
	if err != nil || counts[webhook.Pending] != 2 {
		t.Errorf("Counts = %v, %v, want 2 pending", counts, err)
	}
}

// TestBrokenConnection closes the connection under the writer: the call fails,
// and the next has another.
func TestBrokenConnection(t *testing.T) {
	s := openInternal(t, Options{})
	err := s.write(t.Context(), "break", func(tx *tx) error { return tx.script("ROLLBACK") })
	if err == nil {
		t.Error("write whose transaction is gone = nil, want an error")
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("Ping after a broken transaction = %v, want nil", err)
	}
}

func TestMigrate(t *testing.T) {
	first := fstest.MapFS{"migrations/0001_a.sql": {Data: []byte("CREATE TABLE a (x); INSERT INTO a VALUES (7);")}}
	second := fstest.MapFS{
		"migrations/0001_a.sql": first["migrations/0001_a.sql"],
		"migrations/0002_b.sql": {Data: []byte("ALTER TABLE a ADD COLUMN y; UPDATE a SET y = x + 1;")},
	}
	broken := fstest.MapFS{
		"migrations/0001_a.sql": first["migrations/0001_a.sql"],
		"migrations/0002_b.sql": {Data: []byte("UPDATE a SET x = 8; nonsense;")},
	}
	path := filepath.Join(t.TempDir(), "some.db")
	if err := restrict(path, true); err != nil {
		t.Fatal(err)
	}
	c, err := connect(path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	for _, step := range []struct {
		name    string
		scripts fstest.MapFS
		fault   string
		ask     string
		want    int64
	}{
		{"create", first, "", "SELECT x FROM a", 7},
		{"again", first, "", "SELECT count(*) FROM a", 1},
		{"broken", broken, "0002_b.sql", "SELECT x FROM a", 7},
		{"onward", second, "", "SELECT y FROM a", 8},
		{"back", first, "schema version 2, this program knows versions up to 1", "SELECT y FROM a", 8},
	} {
		err := migrate(c, step.scripts, path)
		if (err == nil) != (step.fault == "") || (err != nil && !strings.Contains(err.Error(), step.fault)) {
			t.Errorf("%s: migrate = %v, want %q", step.name, err, step.fault)
		}
		if got, err := c.number(step.ask); err != nil || got != step.want {
			t.Errorf("%s: %s = %d, %v, want %d", step.name, step.ask, got, err, step.want)
		}
	}
}

// TestPlans reads how SQLite runs the statements that must not grow with the
// number of deliveries.
func TestPlans(t *testing.T) {
	s := openInternal(t, Options{})
	for statement, index := range map[string]string{
		selectWaking:                 "INDEX deliveries_wake",
		selectWake:                   "INDEX deliveries_wake",
		selectPending:                "INDEX deliveries_wake",
		updateEnded:                  "INDEX deliveries_wake",
		selectHeld:                   "INDEX deliveries_held",
		selectKeys + " (?,?)":        "INTEGER PRIMARY KEY",
		selectIndexedKeys + " (?,?)": "PRIMARY KEY (slot=?)",
		selectKey:                    "INTEGER PRIMARY KEY",
		selectIndexedKey:             "PRIMARY KEY (slot=?)",
		selectOldKeys:                "INDEX dedup_time",
		selectWhole:                  "INDEX events_whole",
		selectBare:                   "INDEX events_bare",
		selectOld:                    "INDEX events_whole",
		"SELECT " + deliveryOf + deliveryJoin + " WHERE d.state = 6 AND d.state NOT IN (0, 1, 3) ORDER BY d.id DESC LIMIT ?": "INDEX deliveries_aside",
		"SELECT " + deliveryOf + deliveryJoin + " WHERE d.id IN (?,?)":                                                       "PRIMARY KEY",
		"SELECT " + eventColumns + " FROM events WHERE id < ? ORDER BY id DESC LIMIT ?":                                      "INDEX events_id",
	} {
		plan := plan(t, s, statement)
		if !strings.Contains(plan, index) || strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, "SCAN") && !strings.Contains(plan, "SCAN d USING INDEX") {
			t.Errorf("plan of %s\nis %s\nwant it to search %s and to sort nothing", statement, plan, index)
		}
	}
}

func plan(t *testing.T, s *Store, statement string) string {
	t.Helper()
	var args []any
	for range strings.Count(statement, "?") {
		args = append(args, int64(1))
	}
	plan := ""
	err := s.read(t.Context(), "plan", func(c *conn) error {
		return c.query(context.Background(), func(r *row) error {
			plan += fmt.Sprint(r.values[3], "; ")
			return nil
		}, "EXPLAIN QUERY PLAN "+statement, args...)
	})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func FuzzDecodeHeader(f *testing.F) {
	f.Add(encodeHeader(http.Header{"A": {"1", "\xff\x00"}, "B": {}, "": {""}}))
	f.Add([]byte{})
	f.Add([]byte{1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := decodeHeader(b)
		if err != nil {
			return
		}
		again, err := decodeHeader(encodeHeader(h))
		if err != nil || len(h) > 0 && !reflect.DeepEqual(again, h) {
			t.Errorf("decodeHeader(encodeHeader(%q)) = %q, %v", h, again, err)
		}
	})
}

// TestPruneLooksAgain removes an event that was opened after it was found.
func TestPruneLooksAgain(t *testing.T) {
	s := openInternal(t, Options{})
	_, err := s.Accept(t.Context(), store.Acceptance{
		Event: webhook.Event{ID: "e1"}, Deliveries: []webhook.Delivery{{ID: "d1", Endpoint: "crm"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.write(t.Context(), "remove", func(tx *tx) error {
		if n, err := tx.removeEvent(1); n != 0 || err != nil {
			t.Errorf("removeEvent of one that is open = %d, %v, want 0", n, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Delivery(t.Context(), "d1"); err != nil {
		t.Errorf("Delivery = %v, want it kept", err)
	}
}

// TestLeaseOfAMissingEvent leases a delivery whose event the file has lost, and one
// of a row without a checksum whose header fields are damaged: both fail.
func TestLeaseOfAMissingEvent(t *testing.T) {
	s := openInternal(t, Options{})
	for _, id := range []string{"e1", "e2", "e3"} {
		owe(t, s, id, 1, 0)
	}
	err := s.write(t.Context(), "damage", func(tx *tx) error {
		_, err := tx.exec("DELETE FROM events WHERE id = 'e1'")
		if err == nil {
			_, err = tx.exec("UPDATE events SET header = x'ff', sum = NULL WHERE id = 'e2'")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	leases, err := s.Lease(t.Context(), store.LeaseRequest{Now: time.Unix(2000, 0), For: time.Hour, Max: 9, Default: 9})
	if err != nil || len(leases) != 1 || leases[0].Delivery.ID != "e3-0000" {
		t.Errorf("Lease = %+v, %v, want that of e3", leases, err)
	}
	counts, err := s.Counts(t.Context())
	if err != nil || counts[webhook.Failed] != 2 || counts[webhook.Running] != 1 {
		t.Errorf("Counts = %v, %v, want two failed and one running", counts, err)
	}
}

// BenchmarkChecksum is of a body of 1 KB.
func BenchmarkChecksum(b *testing.B) {
	body := make([]byte, 1024)
	for b.Loop() {
		checksum(body)
	}
}
