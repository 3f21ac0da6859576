//go:build unix

package postgres_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/store/postgres"
	"github.com/hookseal/hookseal/engine/store/postgres/pgtest"
	"github.com/hookseal/hookseal/engine/store/storetest"
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
			storetest.OverBacklog(b, s, run+"-first") // which looks at the database
			used := meter(b)
			b.ResetTimer()
			for done := 0; done < b.N; done += storetest.BacklogRound {
				storetest.OverBacklog(b, s, fmt.Sprintf("%s-%09d", run, done))
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
