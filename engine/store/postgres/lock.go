package postgres

import (
	"github.com/jackc/pgx/v5"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// lock is how endpoints are locked: as weakly as will do, since a node that
// accepts events for an endpoint holds a lock as well.
type lock int

const (
	// lockNone: nothing depends on the endpoint.
	lockNone lock = iota
	// lockState: it must not be disabled or enabled meanwhile.
	lockState
	// lockHealth: its failures are counted.
	lockHealth
	// lockFlip: it is disabled or enabled.
	lockFlip
)

func (l lock) clause() string {
	return [...]string{"", " FOR KEY SHARE", " FOR NO KEY UPDATE", " FOR UPDATE"}[l]
}

// lockFor returns the lock that settlements will need as a rule, where some may be
// in an order or none is.
func lockFor(settlements []store.Settlement, ordered bool) lock {
	need := lockNone
	if ordered {
		need = lockState
	}
	for _, s := range settlements {
		switch {
		case s.Next.Health == webhook.HealthBad || s.Next.Health == webhook.HealthGone:
			return lockHealth
		case s.Next.State == webhook.Pending:
			need = lockState
		}
	}
	return need
}

// leased is a running delivery.
type leased struct {
	day      day
	endpoint int32
	token    string
	attempts int32
	tried    int32
	orderKey string
}

// lockEndpointsOf queues the reading of the endpoints of open deliveries, locked.
func (t *tx) lockEndpointsOf(deliveries []string, lock lock, into map[int32]webhook.Health) {
	t.queue("SELECT "+healthColumns+" FROM hookseal.endpoints"+
		" WHERE seq IN (SELECT endpoint FROM hookseal.open WHERE id = ANY($1::text[])) ORDER BY seq"+lock.clause(), deliveries).
		Query(func(rows pgx.Rows) error {
			return each(rows, func() error {
				seq, h, err := scanHealth(rows)
				into[seq] = h
				return err
			})
		})
}

// lockRunning queues the reading of those of the deliveries that are running,
// which nobody else can then lease or settle.
func (t *tx) lockRunning(deliveries []string, into map[string]leased) {
	t.queue("SELECT id, day, endpoint, leases, attempts, tried, order_key FROM hookseal.open"+
		" WHERE id = ANY($1::text[]) AND state = 1 ORDER BY id FOR UPDATE", deliveries).
		Query(func(rows pgx.Rows) error {
			return each(rows, func() error {
				var id string
				var d leased
				var leases int32
				err := rows.Scan(text{&id}, (*int32)(&d.day), &d.endpoint, &leases, &d.attempts, &d.tried, text{&d.orderKey})
				d.token = token(leases)
				into[id] = d
				return err
			})
		})
}
