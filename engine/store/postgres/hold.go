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
		t.queue("WITH held AS (SELECT d.id, d.day, d.state FROM unnest($1::integer[]) a(endpoint)"+
			" JOIN hookseal.endpoints p ON p.seq = a.endpoint AND p.disabled CROSS JOIN LATERAL ("+
			"SELECT id, day, state FROM hookseal.open WHERE endpoint = a.endpoint AND wake <= $2 FOR UPDATE SKIP LOCKED) d)"+
			" UPDATE hookseal.open d SET state = 2, wake = NULL FROM held WHERE d.id = held.id RETURNING held.day, held.state",
			seqs(places), now).
			Query(func(rows pgx.Rows) error {
				return each(rows, func() error {
					var of day
					var was int16
					err := rows.Scan((*int32)(&of), &was)
					t.move(of, was, held, 1)
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
		return err
	}
	s.book.answered(places)
	return nil
}
