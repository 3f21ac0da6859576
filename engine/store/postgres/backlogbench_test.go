//go:build unix

package postgres_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
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
	most := number(b, "HOOKSEAL_BACKLOG", 100_000)
	for _, backlog := range []int{0, most} {
		fill := fillBacklog(backlog)
		b.Run(strconv.Itoa(backlog), func(b *testing.B) { overBacklog(b, time.Now(), fill) })
	}
}

// BenchmarkDays does the same with as many days behind it as the name says, each
// with 20,000 events that were delivered.
//
// HOOKSEAL_DAYS is how many events a day has.
func BenchmarkDays(b *testing.B) {
	each := number(b, "HOOKSEAL_DAYS", 20_000)
	for _, days := range []int{0, 31} {
		fill := fillBacklog(0)
		for n := range days {
			fill += ";" + fillDay(time.Now().AddDate(0, 0, -1-n), each)
		}
		b.Run(strconv.Itoa(days), func(b *testing.B) { overBacklog(b, time.Now().AddDate(0, 0, -days), fill) })
	}
}

// number reads a number from the environment.
func number(b *testing.B, name string, otherwise int) int {
	b.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// overBacklog measures rounds over what a script has filled in, with tables for
// every day since first.
func overBacklog(b *testing.B, first time.Time, fill string) {
	server := pgtest.Shared(b)
	name := fmt.Sprintf("backlog_%d", time.Now().UnixNano())
	if err := server.Create(name); err != nil {
		b.Fatal(err)
	}
	s := open(b, server.DSN(name), postgres.Options{})
	for at := first; at.Before(time.Now().AddDate(0, 0, -1)); at = at.AddDate(0, 0, 1) {
		a := acceptance("of-"+at.Format(time.DateOnly), "")
		a.Event.Time = at
		if _, err := s.Accept(b.Context(), a); err != nil {
			b.Fatal(err)
		}
	}
	// What the server would do sooner or later is done before.
	for _, statement := range []string{fill, "VACUUM ANALYZE", "CHECKPOINT"} {
		if err := server.SQL(name, statement); err != nil {
			b.Fatal(err)
		}
	}
	run := strconv.FormatInt(time.Now().UnixNano(), 36)
	storetest.OverBacklog(b, s, run+"-first") // which looks at the database
	used := meter(b)
	b.ResetTimer()
	for done := 0; done < b.N; done += storetest.BacklogRound {
		storetest.OverBacklog(b, s, fmt.Sprintf("%s-%09d", run, done))
	}
	b.StopTimer()
	used()
}

// fillBacklog makes n deliveries due.
func fillBacklog(n int) string {
	return fmt.Sprintf("INSERT INTO hookseal.endpoints (name) SELECT 'endpoint-' || i FROM generate_series(0, 99) i;"+
		"INSERT INTO hookseal.events_0 (id, source, provider, provider_id, type, time, secret, candidate, covers, body)"+
		" SELECT 'evt_0' || lpad(i::text, 9, '0'), 'contracts', '', '', 'a', timestamptz '2026-01-02' + i * interval '1 ms', '', '', 0,"+
		" decode(repeat('00', 1024), 'hex') FROM generate_series(1, %[1]d) i;"+
		"INSERT INTO hookseal.open (id, event, day, endpoint, state, transformed, due, wake, leases, attempts, tried, created,"+
		" message_id, subscription, transform, transform_hash, last_error, order_key)"+
		" SELECT 'dlv_0' || lpad(i::text, 9, '0'), 'evt_0' || lpad(i::text, 9, '0'), 0, 1 + i %% 100, 0, false,"+
		" timestamptz '2026-01-02' + i * interval '1 ms', timestamptz '2026-01-02' + i * interval '1 ms', 0, 0, 0, timestamptz '2026-01-02',"+
		" 'evt_0' || lpad(i::text, 9, '0'), 'sub', '', '', '', '' FROM generate_series(1, %[1]d) i;"+
		"UPDATE hookseal.counts SET n = %[1]d WHERE day = 0 AND slot = 0 AND state = 0", n)
}

// fillDay fills a day with n events that were delivered.
func fillDay(at time.Time, n int) string {
	at = at.UTC().Truncate(24 * time.Hour)
	text := fmt.Sprintf("INSERT INTO hookseal.events_DAY (id, source, provider, provider_id, type, time, secret, candidate, covers, body)"+
		" SELECT 'evt_DAY' || lpad(i::text, 9, '0'), 'contracts', '', '', 'a', timestamptz '%[2]s' + i * interval '1 ms', '', '', 0,"+
		" decode(repeat('00', 1024), 'hex') FROM generate_series(1, %[1]d) i;"+
		"INSERT INTO hookseal.deliveries_DAY (id, event, endpoint, state, due, leases, attempts, tried, created,"+
		" message_id, subscription, transform, transform_hash, last_error, order_key)"+
		" SELECT 'dlv_DAY' || lpad(i::text, 9, '0'), 'evt_DAY' || lpad(i::text, 9, '0'), 1 + i %% 100, 3,"+
		" timestamptz '%[2]s', 1, 1, 1, timestamptz '%[2]s', 'evt_DAY' || lpad(i::text, 9, '0'), 'sub', '', '', '', ''"+
		" FROM generate_series(1, %[1]d) i;"+
		"INSERT INTO hookseal.attempts_DAY (delivery, number, at, duration, status, error, retry_after)"+
		" SELECT 'dlv_DAY' || lpad(i::text, 9, '0'), 1, timestamptz '%[2]s', 0, 200, '', 0 FROM generate_series(1, %[1]d) i;"+
		"INSERT INTO hookseal.counts (day, slot, state, n) VALUES (DATE, 0, 3, %[1]d);"+
		"INSERT INTO hookseal.sizes (day, slot, source, events, bytes) VALUES (DATE, 0, 'contracts', %[1]d, %[1]d * 2048::bigint)", n, at.Format(time.RFC3339))
	date := at.Format("20060102")
	return strings.NewReplacer("_DAY", "_"+date, "DATE", date).Replace(text)
}
