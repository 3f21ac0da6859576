package postgres

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"
)

// sums are by how much a transaction changes what is counted: deliveries by day
// and state, events and what they weigh by day and source. A delivery counts for
// the day of its event in every state.
type sums struct {
	deliveries map[dayState]int64
	events     map[daySource]weighed
}

type dayState struct {
	day   day
	state int16
}

type daySource struct {
	day    day
	source string
}

// weighed are events and their weight.
type weighed struct{ events, bytes int64 }

// count notes that there are n deliveries more in a state.
func (t *tx) count(d day, state int16, n int64) {
	if t.sums.deliveries == nil {
		t.sums.deliveries = map[dayState]int64{}
	}
	t.sums.deliveries[dayState{d, state}] += n
}

// move notes that n deliveries went from one state to another.
func (t *tx) move(d day, from, to int16, n int64) {
	t.count(d, from, -n)
	t.count(d, to, n)
}

// weigh notes that there are so many events more of a source, and that its events
// weigh more by so many bytes.
func (t *tx) weigh(d day, source string, events, bytes int64) {
	if t.sums.events == nil {
		t.sums.events = map[daySource]weighed{}
	}
	w := t.sums.events[daySource{d, source}]
	t.sums.events[daySource{d, source}] = weighed{w.events + events, w.bytes + bytes}
}

// queueSums queues the changes, in one order for all transactions.
func (t *tx) queueSums() {
	t.queueCounts()
	t.queueSizes()
}

func (t *tx) queueCounts() {
	var days []int32
	var numbers []int16
	var changes []int64
	for _, c := range slices.SortedFunc(maps.Keys(t.sums.deliveries), func(a, b dayState) int {
		return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.state, b.state))
	}) {
		if n := t.sums.deliveries[c]; n != 0 {
			days, numbers, changes = append(days, int32(c.day)), append(numbers, c.state), append(changes, n)
		}
	}
	if len(days) == 0 {
		return
	}
	t.queue("INSERT INTO hookseal.counts (day, slot, state, n) SELECT c.day, $1::smallint, c.state, c.n"+
		" FROM unnest($2::integer[], $3::smallint[], $4::bigint[]) c(day, state, n)"+
		" ON CONFLICT (day, slot, state) DO UPDATE SET n = counts.n + excluded.n", t.slot, days, numbers, changes)
}

func (t *tx) queueSizes() {
	if len(t.sums.events) == 0 {
		return
	}
	var days []int32
	var sources []string
	var events, bytes []int64
	for _, s := range slices.SortedFunc(maps.Keys(t.sums.events), func(a, b daySource) int {
		return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.source, b.source))
	}) {
		w := t.sums.events[s]
		days, sources = append(days, int32(s.day)), append(sources, encodeText(s.source))
		events, bytes = append(events, w.events), append(bytes, w.bytes)
	}
	t.queue("INSERT INTO hookseal.sizes (day, slot, source, events, bytes) SELECT s.day, $1::smallint, s.source, s.events, s.bytes"+
		" FROM unnest($2::integer[], $3::text[], $4::bigint[], $5::bigint[]) s(day, source, events, bytes)"+
		" ON CONFLICT (day, slot, source) DO UPDATE SET events = sizes.events + excluded.events, bytes = sizes.bytes + excluded.bytes",
		t.slot, days, sources, events, bytes)
}

// foldSums puts the slots of the days before another together, which change seldom,
// so that there is less to add up. What others have locked stays as it is.
//
// A slot that is put together while its day is dropped would be left behind, and
// count for ever: so nothing is done while another transaction makes or drops days,
// and what is left of a day that has no tables is removed.
func (t *tx) foldSums(ctx context.Context, before day) error {
	alone := false
	t.queue("SELECT pg_try_advisory_xact_lock($1)", int64(daysLock)).QueryRow(func(row pgx.Row) error { return row.Scan(&alone) })
	if err := t.flush(ctx); err != nil || !alone {
		return err
	}
	for _, table := range []string{"counts", "sizes"} {
		t.queue("DELETE FROM hookseal." + table + " s WHERE day > 0 AND NOT EXISTS (SELECT 1 FROM hookseal.days d WHERE d.day = s.day)")
	}
	const ofDays = " WHERE ctid = ANY(ARRAY(SELECT ctid FROM hookseal.%[1]s WHERE day > 0 AND day < $1 AND slot > 0 FOR UPDATE SKIP LOCKED))"
	t.queue("WITH gone AS (DELETE FROM hookseal.counts"+fmt.Sprintf(ofDays, "counts")+" RETURNING day, state, n)"+
		" INSERT INTO hookseal.counts (day, slot, state, n) SELECT day, 0, state, sum(n) FROM gone GROUP BY day, state"+
		" ON CONFLICT (day, slot, state) DO UPDATE SET n = counts.n + excluded.n", int32(before))
	t.queue("WITH gone AS (DELETE FROM hookseal.sizes"+fmt.Sprintf(ofDays, "sizes")+" RETURNING day, source, events, bytes)"+
		" INSERT INTO hookseal.sizes (day, slot, source, events, bytes) SELECT day, 0, source, sum(events), sum(bytes) FROM gone GROUP BY day, source"+
		" ON CONFLICT (day, slot, source) DO UPDATE SET events = sizes.events + excluded.events, bytes = sizes.bytes + excluded.bytes", int32(before))
	return nil
}
