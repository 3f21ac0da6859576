package bench

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/store/postgres/pgserver"
)

// executable builds the hookseal that is measured.
func executable(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("drives the real binary, which takes seconds")
	}
	path := filepath.Join(t.TempDir(), "hookseal")
	if out, err := exec.Command("go", "build", "-o", path, "github.com/hookseal/hookseal/cmd/hookseal").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return path
}

// Every acknowledged event arrives, with a backlog beside it, and the report holds
// what was measured.
func TestRun(t *testing.T) {
	path := executable(t)
	for _, store := range []string{sqliteStore, postgresStore} {
		t.Run(store, func(t *testing.T) {
			dir := t.TempDir()
			r, err := Run(t.Context(), Options{
				Executable: path, Store: store, Size: 1024, Endpoints: 3, Backlog: 95, Connections: 8,
				Duration: time.Second, Limits: store == sqliteStore, Dir: dir,
			})
			if errors.Is(err, pgserver.ErrMissing) && os.Getenv("HOOKSEAL_CI") == "" {
				t.Skip(err)
			}
			if err != nil {
				t.Fatal(err)
			}
			if r.Events == 0 || r.Refused != 0 || r.EventsPerSecond <= 0 || r.IngestPerSecond < r.EventsPerSecond {
				t.Errorf("Run = %+v, want events and none refused", r)
			}
			if r.Ingest.Median <= 0 || r.Ingest.P99 < r.Ingest.Median || r.Delivery.Max < r.Delivery.P99 || r.Delivery.Median < r.Ingest.Median/2 {
				t.Errorf("latencies = %+v and %+v, want them in order", r.Ingest, r.Delivery)
			}
			if store == sqliteStore && (r.Limits == nil || r.Limits.Receive <= 0 || r.Limits.Send <= 0) {
				t.Errorf("Limits = %+v, want both", r.Limits)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
				t.Errorf("%v are left in the folder, %v", left, err)
			}
			var table bytes.Buffer
			if err := r.Print(&table); err != nil || !strings.Contains(table.String(), "events/s") {
				t.Errorf("Print = %v\n%s", err, &table)
			}
		})
	}
}

// What cannot be measured is said before anything is started.
func TestCheck(t *testing.T) {
	good := Options{Store: sqliteStore, Size: 1024, Endpoints: 1, Connections: 1, Duration: time.Second}
	tests := []struct {
		edit func(*Options)
		want string
	}{
		{func(*Options) {}, ""},
		{func(o *Options) { o.Store = "redis" }, `store "redis"`},
		{func(o *Options) { o.DSN = "postgres://x" }, "DSN"},
		{func(o *Options) { o.Size = 12 }, "size is 12"},
		{func(o *Options) { o.Endpoints = 0 }, "endpoints are 0"},
		{func(o *Options) { o.Backlog = -1 }, "backlog is -1"},
		{func(o *Options) { o.Connections = 0 }, "connections are 0"},
		{func(o *Options) { o.Duration = time.Millisecond }, "duration is 1ms"},
	}
	for _, tt := range tests {
		o := good
		tt.edit(&o)
		err := o.Check()
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Check(%+v) = %v, want %q", o, err, tt.want)
		}
	}
}

// A refusal and a repeat are counted as such, and latencies are those of what
// came.
func TestTally(t *testing.T) {
	tally := newTally(5)
	letter := newLetter(leastSize, 2)
	for i := range int64(3) {
		n, ok := tally.take()
		if !ok || n != 5+i {
			t.Fatalf("take = %d, %t, want %d", n, ok, 5+i)
		}
	}
	tally.accept(5)
	letter.write(5, time.Now())
	tally.deliver(letter.body)
	tally.deliver(letter.body)
	letter.write(4, time.Now()) // of an earlier round
	tally.deliver(letter.body)
	if tally.accepted.Load() != 1 || tally.delivered.Load() != 1 || tally.again.Load() != 1 {
		t.Errorf("accepted %d, delivered %d, again %d, want 1 each", tally.accepted.Load(), tally.delivered.Load(), tally.again.Load())
	}
	if l := tally.latency(tally.sent, tally.came); l.Median <= 0 || l.Median != l.Max {
		t.Errorf("latency = %+v, want that of the one that came", l)
	}
	if got := string(letter.body[:len(bodyHead)]); got != `{"type":"t00000","n":"000000000004","pad":"` || len(letter.body) != leastSize {
		t.Errorf("body of %d bytes = %s", len(letter.body), got)
	}
}
