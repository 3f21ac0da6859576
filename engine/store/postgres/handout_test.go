//go:build unix

package postgres_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/postgres"
	"github.com/hookseal/hookseal/engine/store/postgres/pgtest"
	"github.com/hookseal/hookseal/engine/webhook"
)

// wanted is an acceptance whose delivery is asked for.
func wanted(id, endpoint string, due time.Time) store.Acceptance {
	a := acceptance(id, endpoint)
	a.Deliveries[0].State, a.Deliveries[0].Due, a.LeaseFor = webhook.Running, due, time.Minute
	return a
}

func wantHandedOut(t *testing.T, s *postgres.Store, a store.Acceptance, want bool) []store.Lease {
	t.Helper()
	r, err := s.Accept(t.Context(), a)
	if err != nil || r.Duplicate || len(r.Leases) > 0 != want {
		t.Errorf("Accept(%s) = %+v, %v, want a lease = %t", a.Event.ID, r, err, want)
	}
	return r.Leases
}

// A delivery is handed out to an endpoint that is new, or known to be idle.
func TestHandOut(t *testing.T) {
	dsn := pgtest.Database(t)
	s := open(t, dsn, postgres.Options{})
	leases := wantHandedOut(t, s, wanted("new", "crm", begin), true)
	wantHandedOut(t, s, wanted("known", "crm", begin), true)
	if _, err := s.Settle(t.Context(), []store.Settlement{{Lease: leases[0].Ref, Now: begin, Next: webhook.Next{State: webhook.Delivered}}}); err != nil {
		t.Fatal(err)
	}
	wantCounts(t, s, map[webhook.DeliveryState]int64{webhook.Running: 1, webhook.Delivered: 1})
	// Another process does not know what is open of the endpoint before it has looked.
	other := open(t, dsn, postgres.Options{})
	wantHandedOut(t, other, wanted("unknown", "crm", begin), false)
	if got := lease(t, other, begin, 9); len(got) != 1 || got[0].Delivery.ID != "d-unknown" {
		t.Errorf("Lease = %+v, want what was not handed out", got)
	}
	wantHandedOut(t, other, wanted("heard", "crm", begin), true)
}

// A repeat of a transaction that was committed hands out what it has leased before.
func TestHandOutOfUnknownOutcome(t *testing.T) {
	server := pgtest.Shared(t)
	dsn := pgtest.Database(t)
	b := newBreaker(t, server)
	s := open(t, strings.Replace(dsn, server.Dir, b.dir, 1)+"&default_query_exec_mode=cache_describe", postgres.Options{})
	wantHandedOut(t, s, wanted("warm", "crm", begin), true)
	for i, c := range []struct{ before, after int64 }{{1, 0}, {0, 1}, {1, 1}} {
		b.before.Store(c.before)
		b.after.Store(c.after)
		id := fmt.Sprint("e", i)
		leases := wantHandedOut(t, s, wanted(id, "crm", begin), true)
		if len(leases) != 1 || leases[0].Delivery.ID != "d-"+id {
			t.Fatalf("leases = %+v, want that of d-%s", leases, id)
		}
		if err := s.Extend(t.Context(), leases[0].Ref, begin.Add(time.Hour)); err != nil {
			t.Errorf("Extend of a lease after a repeat = %v, want nil", err)
		}
	}
	if got := lease(t, s, begin, 9); len(got) != 0 {
		t.Errorf("Lease = %+v, want nothing that was handed out", got)
	}
}
