package postgres

import (
	"time"

	"github.com/hookseal/hookseal/engine/store"
)

// settleRows gathers what settlements change, column by column.
type settleRows struct {
	again standRows
	final byDay[standRows]
	made  byDay[attemptRows]
}

// standRows are deliveries as they stand after a settlement. due and wake are of
// those that stay open.
type standRows struct {
	id, lastError   []string
	state           []int16
	due, wake       []*time.Time
	attempts, tried []int32
}

func (r *standRows) add(s *store.Settlement, d leased, state int16, due, wake *time.Time) {
	r.id = append(r.id, encodeText(s.Lease.Delivery))
	r.state = append(r.state, state)
	r.due = append(r.due, due)
	r.wake = append(r.wake, wake)
	r.attempts = append(r.attempts, d.attempts)
	r.tried = append(r.tried, d.tried)
	r.lastError = append(r.lastError, encodeText(s.Next.Error))
}

// attemptRows are rows of attempts.
type attemptRows struct {
	delivery, fault      []string
	number, status       []int32
	at                   []time.Time
	duration, retryAfter []int64
	response             [][]byte
}

func (m *attemptRows) add(s *store.Settlement, number int32) {
	a := s.Attempt
	m.delivery = append(m.delivery, encodeText(s.Lease.Delivery))
	m.number = append(m.number, number)
	m.at = append(m.at, a.At.UTC())
	m.duration = append(m.duration, int64(a.Duration))
	m.status = append(m.status, int32(a.Status))
	m.fault = append(m.fault, encodeText(a.Error))
	m.retryAfter = append(m.retryAfter, int64(a.RetryAfter))
	m.response = append(m.response, a.Response)
}

func (r *settleRows) queue(t *tx) {
	if len(r.again.id) > 0 {
		r.again.queue(t)
	}
	r.final.each(func(d day, rows *standRows) { rows.queueFinal(t, d) })
	r.made.each(func(d day, rows *attemptRows) { rows.queue(t, d) })
}

// queue queues the changes of what stays open.
func (r *standRows) queue(t *tx) {
	t.queue("UPDATE hookseal.open d SET state = s.state, due = coalesce(s.due, d.due), wake = s.wake,"+
		" attempts = s.attempts, tried = s.tried, last_error = s.last_error"+
		" FROM unnest($1::text[], $2::smallint[], $3::timestamptz[], $4::timestamptz[], $5::integer[], $6::integer[], $7::text[])"+
		" s(id, state, due, wake, attempts, tried, last_error) WHERE d.id = s.id",
		r.id, r.state, r.due, r.wake, r.attempts, r.tried, r.lastError)
}

// queueFinal queues the moving of what is final to the table of its day.
func (r *standRows) queueFinal(t *tx, d day) {
	t.queue(d.of("WITH ended AS (DELETE FROM hookseal.open d"+
		" USING unnest($1::text[], $2::smallint[], $3::integer[], $4::integer[], $5::text[]) s(id, state, attempts, tried, last_error)"+
		" WHERE d.id = s.id RETURNING "+finalOf("s.state", "s.attempts", "s.tried", "d.transform_hash", "s.last_error")+")"+
		" INSERT INTO hookseal.deliveries_DAY ("+finalColumns+") SELECT * FROM ended"),
		r.id, r.state, r.attempts, r.tried, r.lastError)
}

func (m *attemptRows) queue(t *tx, d day) {
	t.queue(d.of("INSERT INTO hookseal.attempts_DAY (delivery, "+attemptColumns+")"+
		" SELECT * FROM unnest($1::text[], $2::integer[], $3::timestamptz[], $4::bigint[], $5::integer[], $6::text[], $7::bigint[], $8::bytea[])"),
		m.delivery, m.number, m.at, m.duration, m.status, m.fault, m.retryAfter, m.response)
}
