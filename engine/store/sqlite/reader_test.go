package sqlite

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

func acceptOne(t *testing.T, db *Store, id string) {
	t.Helper()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	_, err := db.Accept(t.Context(), store.Acceptance{
		Event: webhook.Event{ID: "evt_" + id, Source: "s", Time: now, Body: []byte("body")},
		Deliveries: []webhook.Delivery{{
			ID: "dlv_" + id, MessageID: "evt_" + id, EventID: "evt_" + id, Endpoint: "e",
			State: webhook.Pending, Due: now, Created: now,
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A reader sees what was committed before each query, beside the process that
// writes.
func TestReaderBesideStore(t *testing.T) {
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "events.db")
	db, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	r, err := OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for i, id := range []string{"1", "2"} {
		acceptOne(t, db, id)
		events, err := r.Events(ctx, store.EventQuery{})
		if err != nil || len(events) != i+1 {
			t.Errorf("Events = %d events, %v, want %d", len(events), err, i+1)
		}
	}
	if ev, err := r.Event(ctx, "evt_2"); err != nil || string(ev.Body) != "body" {
		t.Errorf("Event = %+v, %v, want its body", ev, err)
	}
	if ds, err := r.Deliveries(ctx, store.DeliveryQuery{State: webhook.Pending}); err != nil || len(ds) != 2 {
		t.Errorf("Deliveries = %v, %v, want 2", ds, err)
	}
	if counts, err := r.Counts(ctx); err != nil || counts[webhook.Pending] != 2 {
		t.Errorf("Counts = %v, %v, want 2 pending", counts, err)
	}
}

// A store opens beside a reader, and goes on when the reader has closed.
func TestReaderLeavesTheStoreUsable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	db, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	acceptOne(t, db, "1")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	db, err = Open(path, Options{})
	if err != nil {
		t.Fatalf("Open beside a reader: %v", err)
	}
	acceptOne(t, db, "2")
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	acceptOne(t, db, "3")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Events(context.Background(), store.EventQuery{}); !errors.Is(err, store.ErrClosed) {
		t.Errorf("Events after Close = %v, want %v", err, store.ErrClosed)
	}
}

func TestOpenReaderOfNoStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	if _, err := OpenReader(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("OpenReader = %v, want %v", err, fs.ErrNotExist)
	}
	if files, err := filepath.Glob(path + "*"); err != nil || len(files) > 0 {
		t.Errorf("OpenReader left %v, %v", files, err)
	}
}
