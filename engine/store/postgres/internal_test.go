//go:build unix

package postgres

import (
	"context"
	"io/fs"
	"net/http"
	"os"
	"reflect"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/postgres/pgtest"
	"github.com/hookseal/hookseal/engine/webhook"
)

// TestMain lets the shared server end with the tests of both packages.
func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func FuzzText(f *testing.F) {
	for _, s := range []string{"", "a", "a\x00b", "\xff", `\x`, `\x00`, "日本語", "\ufeff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		encoded := encodeText(s)
		for _, c := range []byte(encoded) {
			if c == 0 {
				t.Fatalf("encodeText(%q) = %q, want no NUL", s, encoded)
			}
		}
		if got, err := decodeText(encoded); err != nil || got != s {
			t.Errorf("decodeText(encodeText(%q)) = %q, %v, want it back", s, got, err)
		}
	})
}

func FuzzHeader(f *testing.F) {
	f.Add("Name", "value")
	f.Add("x\x00", "\xff<&>\u2028")
	f.Fuzz(func(t *testing.T, name, value string) {
		want := http.Header{name: {value, "", value}, "X-None": {}}
		encoded, err := encodeHeader(want)
		if err != nil {
			t.Fatal(err)
		}
		var got http.Header
		if err := (header{&got}).Scan(encoded); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("header read back = %q, %v, want %q", got, err, want)
		}
	})
}

func TestDamagedColumns(t *testing.T) {
	var s string
	if err := (text{&s}).Scan(`\xzz`); err == nil {
		t.Errorf("Scan of digits that are none = %q, want an error", s)
	}
	var h http.Header
	for _, damaged := range []string{"[", `{"a":1}`, `{"a":["\\xzz"]}`, `{"\\xzz":[]}`} {
		if err := (header{&h}).Scan(damaged); err == nil {
			t.Errorf("Scan of the header %s = %q, want an error", damaged, h)
		}
	}
	for _, n := range []int16{-1, int16(len(states))} {
		if name, err := stateName(n); err == nil {
			t.Errorf("stateName(%d) = %q, want an error", n, name)
		}
	}
}

// TestClock reads the same moments on nodes whose clocks differ.
func TestClock(t *testing.T) {
	now := time.Now()
	for name, c := range map[string]struct{ ahead, want time.Duration }{
		"same": {0, 0}, "within the tolerance": {tolerance / 2, 0}, "behind within it": {-tolerance / 2, 0},
		"ahead": {time.Minute, time.Minute}, "behind": {-time.Hour, -time.Hour},
	} {
		var k clock
		k.observe(now, now.Add(2*time.Millisecond), now.Add(time.Millisecond+c.ahead).Round(0))
		for _, moment := range []time.Time{now, now.Add(time.Hour), now.Add(time.Minute).Round(0), {}} {
			if got := k.toDatabase(moment); got.Sub(moment.Add(c.want)).Abs() > time.Millisecond {
				t.Errorf("%s: %v in the database = %v, want %v", name, moment, got, moment.Add(c.want))
			}
			if got := k.toNode(k.toDatabase(moment)); got.Sub(moment).Abs() > time.Millisecond {
				t.Errorf("%s: %v there and back = %v", name, moment, got)
			}
		}
	}
	var k clock
	k.observe(now, now, now.Add(time.Hour).Round(0))
	k.observe(now, now.Add(2*tolerance), now.Round(0))
	if got := k.ahead(now); (got - time.Hour).Abs() > time.Millisecond {
		t.Errorf("ahead after a measurement that took too long = %v, want the one before, %v", got, time.Hour)
	}
}

// openAhead opens a store whose node takes the database's clock to be ahead by
// that much, so that its own is behind.
func openAhead(t *testing.T, dsn string, ahead time.Duration) *Store {
	t.Helper()
	s, err := Open(t.Context(), dsn, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	s.clock.mu.Lock()
	s.clock.wrong = ahead
	s.clock.mu.Unlock()
	if err := s.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestClocksDiffer leases on a node whose clock is an hour fast what one whose
// clock is right has stored and leased.
func TestClocksDiffer(t *testing.T) {
	dsn := pgtest.Database(t)
	right, fast := openAhead(t, dsn, 0), openAhead(t, dsn, -time.Hour)
	now := time.Now()
	theirs := func() time.Time { return time.Now().Add(time.Hour) }
	_, err := right.Accept(t.Context(), store.Acceptance{
		Event: webhook.Event{ID: "e1", Source: "s", Time: now},
		Deliveries: []webhook.Delivery{
			{ID: "d1", MessageID: "e1", Endpoint: "crm", Due: now, Created: now},
			{ID: "d2", MessageID: "e1", Endpoint: "crm", Due: now.Add(30 * time.Minute), Created: now},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	lease := func(s *Store, now time.Time) []store.Lease {
		leases, err := s.Lease(t.Context(), store.LeaseRequest{Now: now, For: time.Minute, Max: 9, Default: 9})
		if err != nil {
			t.Fatal(err)
		}
		return leases
	}
	if got := lease(right, time.Now()); len(got) != 1 || got[0].Delivery.ID != "d1" {
		t.Fatalf("Lease on the right node = %+v, want d1", got)
	}
	if got := lease(fast, theirs()); len(got) != 0 {
		t.Errorf("Lease on the fast node = %+v, want none: d1 is leased, d2 due in half an hour", got)
	}
	due, err := fast.NextDue(t.Context())
	if wait := due.Sub(theirs()); err != nil || wait < 50*time.Second || wait > time.Minute {
		t.Errorf("NextDue on the fast node is %v ahead, %v, want what is left of a minute", wait, err)
	}
	got := lease(fast, theirs().Add(time.Minute))
	if len(got) != 1 || got[0].Delivery.ID != "d1" {
		t.Fatalf("Lease on the fast node after the lease has ended = %+v, want d1", got)
	}
	if left := time.Until(got[0].Until) - time.Hour; left < time.Minute || left > 2*time.Minute {
		t.Errorf("the lease of the fast node ends in %v by its clock, want two minutes", left)
	}
}

// TestMigrations runs the scripts one after another, as releases did, and fills
// each schema before the next.
func TestMigrations(t *testing.T) {
	names, err := migrations.ReadDir("migrations")
	if err != nil {
		t.Fatal(err)
	}
	for from := range len(names) {
		dsn := pgtest.Database(t)
		old := fstest.MapFS{}
		for _, name := range names[:from] {
			script, err := migrations.ReadFile("migrations/" + name.Name())
			if err != nil {
				t.Fatal(err)
			}
			old["migrations/"+name.Name()] = &fstest.MapFile{Data: script}
		}
		c, err := pgx.Connect(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		if err := migrate(t.Context(), c, old); err != nil {
			t.Fatalf("migrate to version %d: %v", from, err)
		}
		if from > 0 {
			fill(t, c)
		}
		if err := c.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		s := openAhead(t, dsn, 0)
		if from > 0 {
			wantFilled(t, s)
		}
	}
}

// TestFailedMigration leaves a database as it was, whose schema the next try
// then brings up to date.
func TestFailedMigration(t *testing.T) {
	dsn := pgtest.Database(t)
	c, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	first, err := migrations.ReadFile("migrations/0001_initial.sql")
	if err != nil {
		t.Fatal(err)
	}
	broken := fstest.MapFS{
		"migrations/0001.sql": {Data: first},
		"migrations/0002.sql": {Data: []byte("DROP TABLE hookseal.events; SELECT nonsense")},
	}
	if err := migrate(t.Context(), c, broken); err == nil {
		t.Error("migrate with a script that fails = nil, want an error")
	}
	if err := migrate(t.Context(), c, migrations); err != nil {
		t.Fatalf("migrate after one that failed = %v, want nil", err)
	}
	further := fstest.MapFS{"migrations/9999.sql": {Data: []byte("ALTER TABLE hookseal.events ADD COLUMN more text")}}
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		further[name] = &fstest.MapFile{Data: []byte("SELECT 'it is not run again'")}
	}
	if err := migrate(t.Context(), c, further); err != nil {
		t.Fatalf("migrate to a further version = %v, want nil", err)
	}
	if err := checkVersion(t.Context(), c); err == nil {
		t.Error("checkVersion of a newer schema = nil, want an error")
	}
	if err := c.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// A migration takes as long as the data asks for, whatever the server permits a
// statement, and whatever opening a store may take otherwise.
func TestMigrationIsNotCutShort(t *testing.T) {
	config, err := parse(pgtest.Database(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	config.ConnConfig.RuntimeParams["statement_timeout"] = "50"
	config.ConnConfig.RuntimeParams["lock_timeout"] = "50"
	pool, err := connect(t.Context(), config, checkDurable)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	slow := fstest.MapFS{"migrations/0001.sql": {Data: []byte("SELECT pg_sleep(0.2)")}}
	err = upgrade(t.Context(), pool, func(ctx context.Context, c *pgx.Conn) error {
		if end, limited := ctx.Deadline(); limited {
			t.Errorf("a migration must end in %v, want no limit", time.Until(end))
		}
		return migrate(ctx, c, slow)
	})
	if err != nil {
		t.Errorf("a migration that takes long = %v, want nil", err)
	}
	limit := ""
	if err := pool.QueryRow(t.Context(), "SHOW statement_timeout").Scan(&limit); err != nil || limit != "50ms" {
		t.Errorf("statement_timeout after a migration = %q, %v, want that of before", limit, err)
	}
}

// fill stores rows as the first version did.
func fill(t *testing.T, c *pgx.Conn) {
	t.Helper()
	_, err := c.Exec(t.Context(), `
INSERT INTO hookseal.endpoints (name) VALUES ('crm');
INSERT INTO hookseal.events (id, source, provider, provider_id, type, time, secret, candidate, covers, header, body)
VALUES ('e1', 's', '', '', 'a\x', '2026-01-02 03:04:05.678901+00', '', '', 1, '{"A":["b"]}', '\x00ff');
INSERT INTO hookseal.deliveries (id, event, endpoint, state, due, wake, attempts, tried, created, message_id, subscription, transform, transform_hash, last_error)
SELECT 'd1', 'e1', seq, 0, '2026-01-02 03:04:05+00', '2026-01-02 03:04:05+00', 0, 0, '2026-01-02 03:04:05+00', 'm', 'sub', '', '', '' FROM hookseal.endpoints;
INSERT INTO hookseal.dedup (name, event, digest, time)
VALUES (sha256('\x0173'::bytea || 'key'), 'e1', sha256(''), '2026-01-02 03:04:05+00');
UPDATE hookseal.counts SET n = 1 WHERE slot = 7 AND state = 0`, pgx.QueryExecModeSimpleProtocol)
	if err != nil {
		t.Fatal(err)
	}
}

// wantFilled finds what fill has stored.
func wantFilled(t *testing.T, s *Store) {
	t.Helper()
	leases, err := s.Lease(t.Context(), store.LeaseRequest{Now: time.Now(), For: time.Minute, Max: 9, Default: 9})
	if err != nil || len(leases) != 1 {
		t.Fatalf("Lease = %+v, %v, want one", leases, err)
	}
	if e := leases[0].Event; e.ID != "e1" || string(e.Body) != "\x00\xff" || e.Header.Get("A") != "b" || e.Type != `a\x` {
		t.Errorf("event = %+v, want it as it was stored", e)
	}
	if r, kept, err := s.Lookup(t.Context(), "s", "key"); err != nil || !kept || r.EventID != "e1" {
		t.Errorf("Lookup = %+v, %v, %v, want e1", r, kept, err)
	}
	if counts, err := s.Counts(t.Context()); err != nil || counts[webhook.Running] != 1 || counts[webhook.Pending] != 0 {
		t.Errorf("Counts = %v, %v, want 1 running", counts, err)
	}
}
