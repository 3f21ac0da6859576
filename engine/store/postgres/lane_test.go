//go:build unix

package postgres

import (
	"strconv"
	"testing"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// TestBatchOfManyOrders hands in more new orders at once than a server can lock:
// they go in parts, which leave locks to others.
func TestBatchOfManyOrders(t *testing.T) {
	const calls, each = 400, 32
	for _, ordered := range []bool{false, true} {
		l := &lane{waiting: make(chan *acceptance, calls)}
		for i := range calls {
			a := &acceptance{Acceptance: store.Acceptance{Deliveries: make([]webhook.Delivery, each)}}
			for n := range each {
				if ordered {
					a.Deliveries[n].OrderKey = strconv.Itoa(i*each + n)
				}
			}
			l.waiting <- a
		}
		want := calls
		if ordered {
			want = batchOrders / each
		}
		if got := len(l.gather(<-l.waiting)); got != want {
			t.Errorf("%d calls in a batch of those in an order (%t), want %d", got, ordered, want)
		}
	}
}
