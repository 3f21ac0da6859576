package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// holdEnded holds the deliveries of disabled endpoints whose lease has ended.
func (s *Store) holdEnded(ctx context.Context, places []*place, now time.Time) error {
	err := s.transact(ctx, func(ctx context.Context, t *tx) error {
		s.book.forget(places)
		// Whoever enables an endpoint meanwhile waits, and then resumes what is held
		// here.
		t.queue("SELECT seq FROM hookseal.endpoints WHERE seq = ANY($1::integer[]) ORDER BY seq"+lockState.clause(), seqs(places))
		t.queue("WITH held AS (SELECT d.id, d.state FROM unnest($1::integer[]) a(endpoint)"+
			" JOIN hookseal.endpoints p ON p.seq = a.endpoint AND p.disabled CROSS JOIN LATERAL ("+
			"SELECT id, state FROM hookseal.deliveries WHERE endpoint = a.endpoint AND wake <= $2 FOR UPDATE SKIP LOCKED) d)"+
			" UPDATE hookseal.deliveries d SET state = 2, wake = NULL FROM held WHERE d.id = held.id RETURNING held.state",
			seqs(places), now).
			Query(func(rows pgx.Rows) error {
				return each(rows, func() error {
					var was int16
					err := rows.Scan(&was)
					t.move(was, held, 1)
					return err
				})
			})
		t.queue("SELECT seq, name, disabled FROM hookseal.endpoints WHERE seq = ANY($1::integer[])", seqs(places)).
			Query(func(rows pgx.Rows) error {
				return each(rows, func() error {
					var e endpoint
					err := rows.Scan(&e.seq, text{&e.name}, &e.disabled)
					s.book.note(e)
					return err
				})
			})
		t.findNext(places)
		return t.flush(ctx)
	})
	if err != nil {
		s.book.doubt(places)
	}
	return err
}
