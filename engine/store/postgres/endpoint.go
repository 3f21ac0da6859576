package postgres

import (
	"github.com/jackc/pgx/v5"

	"github.com/hookseal/hookseal/engine/webhook"
)

// endpoint is what a transaction knows of one.
type endpoint struct {
	seq      int32
	name     string
	disabled bool
	// fresh says that the transaction has taken it up, so that nothing of it is
	// open but what the transaction adds.
	fresh bool
}

// lockEndpoints queues the taking up of those of the names that are new, and the
// reading of all. Until the transaction ends nobody disables or enables them, and
// others may do the same beside it. The names are in order.
func (t *tx) lockEndpoints(names []string, into map[string]endpoint) {
	encoded := make([]string, len(names))
	for i, name := range names {
		encoded[i] = encodeText(name)
	}
	fresh := map[string]bool{}
	if !t.store.book.knows(names) {
		t.queue("INSERT INTO hookseal.endpoints (name) SELECT name FROM unnest($1::text[]) n(name)"+
			" WHERE NOT EXISTS (SELECT 1 FROM hookseal.endpoints p WHERE p.name = n.name)"+
			" ORDER BY name ON CONFLICT (name) DO NOTHING RETURNING name", encoded).
			Query(func(rows pgx.Rows) error {
				return each(rows, func() error {
					var name string
					err := rows.Scan(text{&name})
					fresh[name] = true
					return err
				})
			})
	}
	t.queue("SELECT seq, name, disabled FROM hookseal.endpoints WHERE name = ANY($1::text[]) ORDER BY seq FOR KEY SHARE", encoded).
		Query(func(rows pgx.Rows) error {
			return each(rows, func() error {
				var e endpoint
				err := rows.Scan(&e.seq, text{&e.name}, &e.disabled)
				e.fresh = fresh[e.name]
				into[e.name] = e
				return err
			})
		})
}

const healthColumns = "seq, name, disabled, why, since, failures, failing_since"

func scanHealth(row pgx.Row) (seq int32, h webhook.Health, err error) {
	err = row.Scan(&seq, text{&h.Endpoint}, &h.Disabled, text{&h.Why}, &h.Since, &h.Failures, &h.FailingSince)
	h.Since, h.FailingSince = h.Since.UTC(), h.FailingSince.UTC()
	return seq, h, err
}

// setHealth queues the keeping of the health of an endpoint, and of the change
// if its Disabled is another than it was.
func (t *tx) setHealth(seq int32, was, h webhook.Health) {
	t.queue("UPDATE hookseal.endpoints SET disabled = $2, why = $3, since = $4, failures = $5, failing_since = $6 WHERE seq = $1",
		seq, h.Disabled, encodeText(h.Why), h.Since.UTC(), h.Failures, h.FailingSince.UTC())
	if h.Disabled != was.Disabled {
		t.queue("INSERT INTO hookseal.changes (endpoint, disabled, why, since, failures, failing_since) VALUES ($1, $2, $3, $4, $5, $6)",
			encodeText(h.Endpoint), h.Disabled, encodeText(h.Why), h.Since.UTC(), h.Failures, h.FailingSince.UTC())
	}
}

// each runs scan for every row.
func each(rows pgx.Rows, scan func() error) error {
	for rows.Next() {
		if err := scan(); err != nil {
			return err
		}
	}
	return rows.Err()
}
