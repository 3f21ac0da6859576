//go:build unix

package postgres_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/postgres"
	"github.com/hookseal/hookseal/engine/store/postgres/pgtest"
	"github.com/hookseal/hookseal/engine/store/storetest"
	"github.com/hookseal/hookseal/engine/webhook"
)

// BenchmarkBacklog accepts 64 events of 1 KB, leases and settles as many
// deliveries, and asks when the next is due and how many there are, with as many
// deliveries due already as the name says, for 100 endpoints. One operation is
// one event.
//
// HOOKSEAL_BACKLOG is the largest backlog (100000).
func BenchmarkBacklog(b *testing.B) {
	most := 100_000
	if text := os.Getenv("HOOKSEAL_BACKLOG"); text != "" {
		var err error
		if most, err = strconv.Atoi(text); err != nil {
			b.Fatal(err)
		}
	}
	server := pgtest.Shared(b)
	for _, backlog := range []int{0, most} {
		name := fmt.Sprintf("backlog_%d_%d", backlog, time.Now().UnixNano())
		if err := server.Create(name); err != nil {
			b.Fatal(err)
		}
		if err := open(b, server.DSN(name), postgres.Options{}).Close(); err != nil {
			b.Fatal(err)
		}
		// What the server would do sooner or later is done before.
		for _, statement := range []string{fillBacklog(backlog), "VACUUM ANALYZE", "CHECKPOINT"} {
			if err := server.SQL(name, statement); err != nil {
				b.Fatal(err)
			}
		}
		b.Run(strconv.Itoa(backlog), func(b *testing.B) {
			s := open(b, server.DSN(name), postgres.Options{})
			run := strconv.FormatInt(time.Now().UnixNano(), 36)
			backlogOnce(b, s, run+"-first") // which looks at the database
			used := meter(b)
			b.ResetTimer()
			for done := 0; done < b.N; done += backlogRound {
				backlogOnce(b, s, fmt.Sprintf("%s-%09d", run, done))
			}
			b.StopTimer()
			used()
		})
	}
}

// fillBacklog makes n deliveries due.
func fillBacklog(n int) string {
	return fmt.Sprintf("INSERT INTO hookseal.endpoints (name) SELECT 'endpoint-' || i FROM generate_series(0, 99) i;"+
		"INSERT INTO hookseal.events (id, source, provider, provider_id, type, time, secret, candidate, covers, body)"+
		" SELECT 'evt_0' || lpad(i::text, 9, '0'), 'contracts', '', '', 'a', timestamptz '2026-01-02' + i * interval '1 ms', '', '', 0,"+
		" decode(repeat('00', 1024), 'hex') FROM generate_series(1, %[1]d) i;"+
		"INSERT INTO hookseal.deliveries (id, event, endpoint, state, due, wake, attempts, tried, created,"+
		" message_id, subscription, transform, transform_hash, last_error)"+
		" SELECT 'dlv_0' || lpad(i::text, 9, '0'), 'evt_0' || lpad(i::text, 9, '0'), 1 + i %% 100, 0,"+
		" timestamptz '2026-01-02' + i * interval '1 ms', timestamptz '2026-01-02' + i * interval '1 ms', 0, 0, timestamptz '2026-01-02',"+
		" 'evt_0' || lpad(i::text, 9, '0'), 'sub', '', '', '' FROM generate_series(1, %[1]d) i;"+
		"UPDATE hookseal.counts SET n = %[1]d WHERE slot = 0 AND state = 0", n)
}

const backlogRound = 64

func backlogOnce(b *testing.B, s *postgres.Store, name string) {
	b.Helper()
	now := time.Now()
	storetest.EachCaller(b, backlogRound, backlogRound, func(i int) error {
		id := fmt.Sprintf("%s-%02d", name, i)
		_, err := s.Accept(b.Context(), store.Acceptance{
			Event: webhook.Event{ID: "evt_" + id, Source: "contracts", Type: "a", Time: now, Body: make([]byte, 1024)},
			Deliveries: []webhook.Delivery{{
				ID: "dlv_" + id, MessageID: "evt_" + id, EventID: "evt_" + id, Endpoint: "endpoint-" + strconv.Itoa(i%100), Due: now, Created: now,
			}},
			DedupKey: id,
		})
		return err
	})
	leases, err := s.Lease(b.Context(), store.LeaseRequest{Now: now, For: time.Minute, Max: backlogRound, Default: backlogRound})
	if err != nil || len(leases) != backlogRound {
		b.Fatalf("Lease = %d, %v, want %d", len(leases), err, backlogRound)
	}
	settlements := make([]store.Settlement, len(leases))
	for i, l := range leases {
		settlements[i] = store.Settlement{
			Lease: l.Ref, Now: now, Next: webhook.Next{State: webhook.Delivered, Health: webhook.HealthGood},
			Attempt: &webhook.Attempt{At: now, Status: 200},
		}
	}
	if _, err := s.Settle(b.Context(), settlements); err != nil {
		b.Fatal(err)
	}
	if _, err := s.NextDue(b.Context()); err != nil {
		b.Fatal(err)
	}
	if _, err := s.Counts(b.Context()); err != nil {
		b.Fatal(err)
	}
}
