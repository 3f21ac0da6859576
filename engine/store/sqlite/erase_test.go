package sqlite_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/sqlite"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Of an erased event and its outputs no byte is left in the file and its log,
// whatever its size and wherever it stood among others.
func TestEraseOverwrites(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hookseal.db")
	s := open(t, path, sqlite.Options{})
	const events = 120
	random := rand.New(rand.NewPCG(2, 71))
	for i := range events {
		secret := strings.Repeat(fmt.Sprintf("<Alice %03d>", i), 1+random.IntN(2000))
		e := webhook.Event{
			ID: fmt.Sprintf("e%03d", i), Source: "s", Type: secret[:11], ProviderID: secret[:11],
			Header: http.Header{"X-Name": {secret[:11]}}, Body: []byte(secret),
		}
		d := webhook.Delivery{ID: fmt.Sprintf("d%03d", i), MessageID: e.ID, Endpoint: "crm", OrderKey: secret[:11]}
		if _, err := s.Accept(t.Context(), store.Acceptance{Event: e, Deliveries: []webhook.Delivery{d}}); err != nil {
			t.Fatal(err)
		}
	}
	// Attempts come in no order, so that rows move between pages.
	leases, err := s.Lease(t.Context(), store.LeaseRequest{Now: time.Now(), For: time.Hour, Max: events, Default: events})
	if err != nil || len(leases) != events {
		t.Fatalf("Lease = %d, %v, want %d", len(leases), err, events)
	}
	random.Shuffle(len(leases), func(i, j int) { leases[i], leases[j] = leases[j], leases[i] })
	for _, l := range leases {
		out := webhook.Output{Type: l.Event.Type, Body: l.Event.Body, Header: l.Event.Header}
		if _, err := s.Expand(t.Context(), l.Ref, []webhook.Output{out}, "hash"); err != nil {
			t.Fatal(err)
		}
		_, err := s.Settle(t.Context(), []store.Settlement{{
			Lease: l.Ref, Next: webhook.Next{State: webhook.Exhausted, Error: string(l.Event.Body[:11])},
			Attempt: &webhook.Attempt{Error: "no", Response: make([]byte, random.IntN(4000))},
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	for i := 0; i < events; i += 2 {
		if err := s.Erase(t.Context(), fmt.Sprintf("e%03d", i), time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	content := everything(t, path)
	for i := range events {
		found := bytes.Count(content, fmt.Appendf(nil, "<Alice %03d>", i))
		if erased := i%2 == 0; erased && found > 0 || !erased && found == 0 {
			t.Errorf("the files hold the text of event %d %d times, erased is %v", i, found, erased)
		}
	}
}

// What was moved to another page when its neighbours were removed is not left in the
// page that this has freed.
func TestEraseAfterPrune(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hookseal.db")
	s := open(t, path, sqlite.Options{})
	const events = 400
	text := func(i int) string { return fmt.Sprintf("<Alice %03d>", i) }
	random := rand.New(rand.NewPCG(3, 14))
	start := time.Now()
	for i := range events {
		e := webhook.Event{
			ID: fmt.Sprintf("e%03d", i), Source: "s", Time: start.Add(time.Duration(i) * time.Second),
			Body: []byte(strings.Repeat(text(i), 1+random.IntN(90))),
		}
		// Sources are kept differently long, so that what stays stands among what goes.
		if i%4 != 0 {
			e.Source = "short"
		}
		if _, err := s.Accept(t.Context(), store.Acceptance{Event: e}); err != nil {
			t.Fatal(err)
		}
	}
	req := store.PruneRequest{Now: start, Sources: map[string]store.Keep{"short": {Events: start.Add(time.Hour)}}, Limit: 7}
	for gone := (store.Pruned{Events: 7}); gone.Events == 7; {
		var err error
		if gone, err = s.Prune(t.Context(), req); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Erase(t.Context(), "e000", start); err != nil { // which also empties the log
		t.Fatal(err)
	}
	free := freePages(everything(t, path))
	if len(free) < 20*pageSize {
		t.Fatalf("%d bytes are free, want some pages", len(free))
	}
	for i := range events {
		if found := bytes.Count(free, []byte(text(i))); found > 0 {
			t.Errorf("free pages hold the text of event %d %d times", i, found)
		}
	}
}

const pageSize = 4096

// freePages returns the pages of a database that nothing uses, by section 1.5 of
// https://www.sqlite.org/fileformat.html.
func freePages(content []byte) (free []byte) {
	page := func(number uint32) []byte { return content[int(number-1)*pageSize:][:pageSize] }
	for trunk := binary.BigEndian.Uint32(content[32:]); trunk != 0; {
		list := page(trunk)
		count := binary.BigEndian.Uint32(list[4:])
		for i := range count {
			free = append(free, page(binary.BigEndian.Uint32(list[8+4*i:]))...)
		}
		free = append(free, list[8+4*count:]...)
		trunk = binary.BigEndian.Uint32(list)
	}
	return free
}

// everything returns the bytes of a store's files.
func everything(t *testing.T, path string) (all []byte) {
	t.Helper()
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		content, err := os.ReadFile(path + suffix)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		all = append(all, content...)
	}
	return all
}
