package sqlite

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

var _ store.Disk = (*Store)(nil)

// What is written leaves less free. What is removed does not shrink the file, and
// is free all the same.
func TestFree(t *testing.T) {
	db, err := Open(filepath.Join(t.TempDir(), "hookseal.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	before, err := db.Free(t.Context())
	if err != nil || before <= 0 {
		t.Fatalf("Free = %d, %v, want what the disk has", before, err)
	}
	ev := webhook.Event{ID: "evt_1", Source: "app", Time: time.Now(), Body: []byte(strings.Repeat("x", 8<<20))}
	if _, err := db.Accept(t.Context(), store.Acceptance{Event: ev}); err != nil {
		t.Fatal(err)
	}
	if err := db.Erase(t.Context(), ev.ID, time.Now()); err != nil {
		t.Fatal(err)
	}
	within, err := db.freeWithin(t.Context())
	if err != nil || within < 7<<20 {
		t.Errorf("free within the file = %d, %v, want nearly the 8 MiB that were removed", within, err)
	}
}
