package sqlite

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// inParts has so few deliveries follow an endpoint in a transaction; with none they
// wait.
func inParts(t *testing.T, s *Store, rows int64) {
	t.Helper()
	err := s.write(t.Context(), "follow in parts", func(tx *tx) error {
		s.writer.followRows, tx.followRows = rows, rows
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// followed waits until the deliveries of every endpoint have followed: the writer
// goes on with them after each call.
func followed(t *testing.T, s *Store) {
	t.Helper()
	for left := 1; left > 0; {
		err := s.write(t.Context(), "wait", func(tx *tx) error {
			left = len(tx.book.following)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// owe stores an event with n deliveries to crm, each in one of so many orders, none
// if that is zero.
func owe(t *testing.T, s *Store, id string, n, orders int) {
	t.Helper()
	a := store.Acceptance{Event: webhook.Event{ID: id}}
	for i := range n {
		d := webhook.Delivery{ID: fmt.Sprintf("%s-%04d", id, i), Endpoint: "crm", Due: time.Unix(1000, 0)}
		if orders > 0 {
			d.OrderKey = fmt.Sprint("order ", i%orders)
		}
		a.Deliveries = append(a.Deliveries, d)
	}
	if _, err := s.Accept(t.Context(), a); err != nil {
		t.Fatal(err)
	}
}

func setDisabled(t *testing.T, s *Store, disabled bool, now time.Time) {
	t.Helper()
	if _, err := s.SetDisabled(t.Context(), "crm", disabled, "", now); err != nil {
		t.Fatal(err)
	}
}

func wantCount(t *testing.T, s *Store, state webhook.DeliveryState, want int64) {
	t.Helper()
	counts, err := s.Counts(t.Context())
	list, listErr := s.Deliveries(t.Context(), store.DeliveryQuery{State: state})
	if err != nil || listErr != nil || counts[state] != want || int64(len(list)) != want {
		t.Errorf("%d deliveries are counted %s and %d listed, %v, %v, want %d", counts[state], state, len(list), err, listErr, want)
	}
}

// TestFollow disables and enables an endpoint with more deliveries than one
// transaction takes.
func TestFollow(t *testing.T) {
	s := openInternal(t, Options{})
	const n = 2*followRows + 500
	owe(t, s, "e1", n, 0)
	setDisabled(t, s, true, time.Unix(2000, 0))
	leases, err := s.Lease(t.Context(), store.LeaseRequest{Now: time.Unix(2001, 0), For: time.Minute, Max: 9, Default: 9})
	if err != nil || len(leases) != 0 {
		t.Fatalf("Lease of a disabled endpoint = %d, %v, want none", len(leases), err)
	}
	followed(t, s)
	wantCount(t, s, webhook.Held, n)
	setDisabled(t, s, false, time.Unix(3000, 0))
	for i := 0; i < n; {
		leases, err := s.Lease(t.Context(), store.LeaseRequest{Now: time.Unix(3001, 0), For: time.Hour, Max: 500, Default: 500})
		if err != nil || len(leases) == 0 {
			t.Fatalf("Lease = %d, %v, want some of the %d that are left", len(leases), err, n-i)
		}
		for _, l := range leases {
			if want := fmt.Sprintf("e1-%04d", i); l.Delivery.ID != want || !l.Delivery.Due.Equal(time.Unix(3000, 0)) {
				t.Fatalf("lease %d is of %s, due %v, want %s, due when its endpoint was enabled", i, l.Delivery.ID, l.Delivery.Due, want)
			}
			i++
		}
	}
	wantCount(t, s, webhook.Running, n)
}

// TestFollowAfterCrash crashes while deliveries follow their endpoint.
func TestFollowAfterCrash(t *testing.T) {
	for _, disable := range []bool{true, false} {
		path, copied := filepath.Join(t.TempDir(), "hookseal.db"), filepath.Join(t.TempDir(), "copy.db")
		parts := 0
		s, err := Open(path, Options{OnCommit: func(c Commit) {
			if c.Calls > 0 {
				return
			}
			if parts++; parts == 2 {
				copyStore(t, path, copied)
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
		inParts(t, s, 10)
		owe(t, s, "e1", 100, 0)
		setDisabled(t, s, true, time.Unix(2000, 0))
		if !disable {
			followed(t, s)
			parts = 0
			setDisabled(t, s, false, time.Unix(3000, 0))
		}
		followed(t, s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		after, err := Open(copied, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if next, err := after.NextDue(t.Context()); err != nil || !disable && !next.Equal(time.Unix(3000, 0)) {
			t.Errorf("NextDue = %v, %v, want when the endpoint was enabled", next, err)
		}
		followed(t, after)
		wantCount(t, after, map[bool]webhook.DeliveryState{true: webhook.Held, false: webhook.Pending}[disable], 100)
		if err := after.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// copyStore copies what a crash would leave.
func copyStore(t *testing.T, from, to string) {
	t.Helper()
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(from + suffix)
		if err == nil {
			err = os.WriteFile(to+suffix, content, 0o600)
		}
		if err != nil {
			t.Error(err)
		}
	}
}

// TestFollowingIsDue asks when something is due while all that is pending is leased
// and more is held.
func TestFollowingIsDue(t *testing.T) {
	s := openInternal(t, Options{})
	inParts(t, s, 1)
	now := time.Unix(2000, 0)
	err := s.write(t.Context(), "between two parts", func(tx *tx) error {
		a := &acceptance{Acceptance: store.Acceptance{Event: webhook.Event{ID: "e1"}, Deliveries: []webhook.Delivery{
			{ID: "d1", Endpoint: "crm"}, {ID: "d2", Endpoint: "crm"},
		}}}
		if err := tx.acceptAll([]*request{{accept: a}}); err != nil {
			return err
		}
		e := tx.book.byName["crm"]
		if err := tx.setHealth(e, e.health.Disable("", now)); err != nil {
			return err
		}
		for range 3 {
			if err := tx.follow(e, micros(now)); err != nil {
				return err
			}
		}
		if err := tx.setHealth(e, e.health.Enable(now)); err != nil {
			return err
		}
		if err := tx.follow(e, micros(now)); err != nil {
			return err
		}
		leases, _, err := tx.lease(store.LeaseRequest{Now: now, For: time.Minute, Max: 9, Default: 9})
		if err != nil || len(leases) != 1 || leases[0].Delivery.ID != "d1" {
			t.Errorf("lease = %v, %v, want d1, which alone has followed", leases, err)
		}
		if next, err := tx.nextWake(nil); err != nil || next != micros(now) {
			t.Errorf("nextWake = %v, %v, want %v: d2 is about to follow", moment(next), err, now)
		}
		if handsOut(e, &webhook.Delivery{Due: now.Add(store.Overtakes)}) {
			t.Error("a new delivery is handed out before d2, which was held")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestFollowFails has the part after a call fail, once for each call, until what
// stands in its way is gone.
func TestFollowFails(t *testing.T) {
	failed := 0
	s := openInternal(t, Options{OnCommit: func(c Commit) {
		if c.Err != nil {
			failed++
		}
	}})
	owe(t, s, "e1", 50, 0)
	inParts(t, s, 0)
	setDisabled(t, s, true, time.Unix(2000, 0))
	err := s.write(t.Context(), "obstruct", func(tx *tx) error {
		s.writer.followRows = 10
		return tx.script("CREATE TEMP TRIGGER obstacle BEFORE UPDATE ON main.deliveries BEGIN SELECT RAISE(ABORT, 'no'); END")
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := s.Ping(t.Context()); err != nil {
			t.Errorf("Ping = %v, want nil", err)
		}
	}
	err = s.write(t.Context(), "clear the way", func(tx *tx) error {
		if failed != 4 {
			t.Errorf("%d parts have failed after 4 calls, want 4", failed)
		}
		return tx.script("DROP TRIGGER temp.obstacle")
	})
	if err != nil {
		t.Fatal(err)
	}
	followed(t, s)
	wantCount(t, s, webhook.Held, 50)
}
