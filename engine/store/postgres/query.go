package postgres

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// planned has a query planned for its arguments and for the tables as they are,
// instead of keeping a plan.
const planned = pgx.QueryExecModeCacheDescribe

// queries read the database.
type queries struct {
	pool  *pgxpool.Pool
	door  *door
	clock clock
}

// read runs queries, none after Close.
func (q *queries) read(_ context.Context, what string, do func() error) error {
	if !q.door.enter() {
		return store.ErrClosed
	}
	defer q.door.leave()
	err := do()
	if errors.Is(err, pgx.ErrNoRows) {
		err = store.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("%s: %w", what, plainly(err))
	}
	return nil
}

// filter builds the end of a query from those conditions that are asked for.
type filter struct {
	terms []string
	args  []any
}

// where adds a condition, in which $ stands for the value.
func (f *filter) where(term string, value any) {
	f.args = append(f.args, value)
	f.terms = append(f.terms, strings.ReplaceAll(term, "$", "$"+strconv.Itoa(len(f.args))))
}

// text adds a condition unless its value is empty.
func (f *filter) text(term, value string) {
	if value != "" {
		f.where(term, encodeText(value))
	}
}

// end returns the conditions, the order and the limit, and all arguments with
// the mode before them.
func (f *filter) end(order string, limit int) (string, []any) {
	end := ""
	if len(f.terms) > 0 {
		end = " WHERE " + strings.Join(f.terms, " AND ")
	}
	end += " ORDER BY " + order
	if limit > 0 {
		f.args = append(f.args, int64(limit))
		end += " LIMIT $" + strconv.Itoa(len(f.args)) + "::bigint"
	}
	return end, append([]any{planned}, f.args...)
}

// list runs a query and reads every row.
func list[T any](ctx context.Context, q *queries, what string, scan func(pgx.Row) (T, error), query string, args ...any) ([]T, error) {
	var found []T
	err := q.read(ctx, what, func() error {
		rows, err := q.pool.Query(ctx, query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		return each(rows, func() error {
			one, err := scan(rows)
			found = append(found, one)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

// Event returns one event, or [store.ErrNotFound].
func (q *queries) Event(ctx context.Context, id string) (e webhook.Event, err error) {
	err = q.read(ctx, "event "+strconv.Quote(id), func() (err error) {
		e, err = scanEvent(q.pool.QueryRow(ctx, "SELECT "+eventOf+", e.body FROM hookseal.events e WHERE e.id = $1", planned, encodeText(id)), true)
		return err
	})
	if err != nil {
		return webhook.Event{}, err
	}
	return e, nil
}

// Events lists events, newest first, without their bodies.
func (q *queries) Events(ctx context.Context, query store.EventQuery) ([]webhook.Event, error) {
	var f filter
	f.text("e.source = $", query.Source)
	f.text("e.type = $", query.Type)
	f.text("e.id < $", query.Before)
	end, args := f.end("e.id DESC", query.Limit)
	return list(ctx, q, "list events", func(row pgx.Row) (webhook.Event, error) { return scanEvent(row, false) },
		"SELECT "+eventOf+" FROM hookseal.events e"+end, args...)
}

const attemptColumns = "number, at, duration, status, error, retry_after, response"

// Attempts returns the attempts of a delivery in order, none for one that is
// not kept.
func (q *queries) Attempts(ctx context.Context, delivery string) ([]webhook.Attempt, error) {
	scan := func(row pgx.Row) (a webhook.Attempt, err error) {
		var took, retryAfter int64
		err = row.Scan(&a.Number, &a.At, &took, &a.Status, text{&a.Error}, &retryAfter, &a.Response)
		a.Duration, a.RetryAfter = time.Duration(took), time.Duration(retryAfter)
		return a, err
	}
	return list(ctx, q, "attempts of delivery "+strconv.Quote(delivery), scan,
		"SELECT "+attemptColumns+" FROM hookseal.attempts WHERE delivery = $1 ORDER BY number", planned, encodeText(delivery))
}

// Counts returns how many deliveries are in each state, every state listed.
func (q *queries) Counts(ctx context.Context) (map[webhook.DeliveryState]int64, error) {
	counts := map[webhook.DeliveryState]int64{}
	_, err := list(ctx, q, "count deliveries", func(row pgx.Row) (n int64, err error) {
		var number int16
		if err = row.Scan(&number, &n); err != nil {
			return n, err
		}
		state, err := stateName(number)
		counts[state] = n
		return n, err
	}, "SELECT state, sum(n)::bigint FROM hookseal.counts GROUP BY state", planned)
	if err != nil {
		return nil, err
	}
	return counts, nil
}

// Health returns the state of every endpoint, ordered by name.
func (q *queries) Health(ctx context.Context) ([]webhook.Health, error) {
	return list(ctx, q, "health", func(row pgx.Row) (webhook.Health, error) {
		_, h, err := scanHealth(row)
		return h, err
	}, "SELECT "+healthColumns+" FROM hookseal.endpoints ORDER BY name", planned)
}
