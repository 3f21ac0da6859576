package storetest

import (
	"fmt"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

var leaseCases = []testCase{
	{
		name: "hands out the delivery with its event",
		says: "a Lease is a delivery that is the holder's until the lease ends, with its event; it is marked running until now plus req.For",
		run: func(k *kit) {
			k.owe("d1", "crm", epoch)
			l := k.takeOne(at(1))
			want := delivery("d1", "e-d1", "crm", epoch)
			want.State = webhook.Running
			k.wantDelivery(l.Delivery, want)
			k.wantEvent(l.Event, event("e-d1"))
			if l.Ref.Delivery != "d1" || l.Ref.Token == "" || !l.Until.Equal(at(61)) {
				k.Errorf("lease = %+v until %v, want of d1 with a token until %v", l.Ref, l.Until, at(61))
			}
			k.wantState(webhook.Running, "d1")
		},
	},
	{
		name: "hands out what is due and nothing else",
		says: "Lease hands out pending deliveries that are due",
		run: func(k *kit) {
			k.owe("d1", "crm", at(10))
			k.owe("d2", "crm", at(11))
			k.wantIDs(k.take(at(9), 10))
			k.wantIDs(k.take(at(10), 10), "d1")
			k.wantIDs(k.take(at(11), 10), "d2")
			k.finish("d3", "crm", webhook.Delivered)
			k.wantIDs(k.take(at(12), 10))
		},
	},
	{
		name: "oldest due first",
		says: "oldest due first within an endpoint",
		run: func(k *kit) {
			k.owe("d1", "crm", at(3))
			k.owe("d2", "crm", at(1))
			k.owe("d3", "crm", at(2))
			k.wantIDs(k.take(at(9), 2), "d2", "d3")
			k.wantIDs(k.take(at(9), 2), "d1")
		},
	},
	{
		name: "an ended lease counts as due",
		says: "a running delivery whose lease has ended counts as due; ErrLeaseLost reports that a lease was taken over",
		run:  endedLease,
	},
	{
		name: "a lease is one holder's",
		says: "Lease marks deliveries running: no two callers hold one",
		run:  noDoubleLease,
	},
	{
		name: "an ended lease of a disabled endpoint is held",
		says: "a delivery whose lease has ended while its endpoint was disabled is held instead",
		run: func(k *kit) {
			k.owe("d1", "crm", epoch)
			k.takeOne(epoch)
			k.disable("crm", at(1))
			k.wantState(webhook.Running, "d1")
			k.wantIDs(k.take(at(60), 10))
			k.wantState(webhook.Held, "d1")
			k.enable("crm", at(70))
			k.wantIDs(k.take(at(70), 10), "d1")
		},
	},
}

func endedLease(k *kit) {
	k.owe("d1", "crm", epoch)
	first := k.takeOne(epoch)
	k.wantIDs(k.take(at(59), 10))
	second := k.takeOne(at(60))
	if second.Ref.Delivery != "d1" || second.Ref.Token == first.Ref.Token {
		k.Fatalf("second lease = %+v, want d1 with another token than %+v", second.Ref, first.Ref)
	}
	k.wantError("Extend of the lease that was taken over", k.Extend(k.Context(), first.Ref, at(200)), store.ErrLeaseLost)
	k.settleAs(first.Ref, webhook.Next{State: webhook.Exhausted})
	k.wantState(webhook.Running, "d1")
	k.settleAs(second.Ref, webhook.Next{State: webhook.Delivered})
	k.wantState(webhook.Delivered, "d1")
}

// noDoubleLease empties a store from several sides at once.
func noDoubleLease(k *kit) {
	const deliveries, callers = 200, 8
	for i := range deliveries {
		k.owe(fmt.Sprintf("d%03d", i), fmt.Sprintf("endpoint-%d", i%3), epoch)
	}
	batches := inParallel(k.T, callers, func(int) ([]string, error) {
		var got []string
		for {
			leases, err := k.Lease(k.Context(), store.LeaseRequest{Now: at(1), For: time.Hour, Max: 7, Default: 7})
			if err != nil || len(leases) == 0 {
				return got, err
			}
			got = append(got, ids(leases)...)
		}
	})
	times := map[string]int{}
	for _, batch := range batches {
		for _, id := range batch {
			times[id]++
		}
	}
	for id, n := range times {
		if n != 1 {
			k.Errorf("delivery %s was handed out %d times, want once", id, n)
		}
	}
	if len(times) != deliveries {
		k.Errorf("%d deliveries were handed out, want %d", len(times), deliveries)
	}
}

var fairCases = []testCase{
	{
		name: "max",
		says: "Max is the most deliveries in all",
		run: func(k *kit) {
			k.backlog("crm", 5, epoch)
			k.backlog("erp", 5, epoch)
			if got := k.take(at(1), 4); len(got) != 4 {
				k.Errorf("Lease with Max 4 = %v, want 4", ids(got))
			}
			if got := k.take(at(1), 0); len(got) != 0 {
				k.Errorf("Lease with Max 0 = %v, want none", ids(got))
			}
		},
	},
	{
		name: "capacity",
		says: "no endpoint is handed more than its capacity",
		run: func(k *kit) {
			for _, endpoint := range []string{"two", "none", "rest"} {
				k.backlog(endpoint, 5, epoch)
			}
			leases, err := k.Lease(k.Context(), store.LeaseRequest{
				Now: at(1), For: time.Minute, Max: 100, Capacity: func(endpoint string) int {
					if n, listed := map[string]int{"two": 2, "none": 0}[endpoint]; listed {
						return n
					}
					return 3
				},
			})
			if err != nil {
				k.Fatal(err)
			}
			if got := perEndpoint(leases); got["two"] != 2 || got["none"] != 0 || got["rest"] != 3 {
				k.Errorf("leased per endpoint = %v, want two 2, none 0, rest 3", got)
			}
		},
	},
	{
		name: "a backlog leaves others their share",
		says: "an endpoint with a long backlog does not keep others from their share",
		run: func(k *kit) {
			k.backlog("dead", 300, at(-1000))
			k.backlog("crm", 2, epoch)
			k.backlog("erp", 2, epoch)
			got := perEndpoint(k.take(at(1), 12))
			if got["crm"] != 2 || got["erp"] != 2 {
				k.Errorf("leased per endpoint = %v, want crm 2 and erp 2 beside what dead gets", got)
			}
		},
	},
	{
		name: "small requests take turns",
		says: "an endpoint with a long backlog does not keep others from their share",
		run: func(k *kit) {
			k.backlog("dead", 50, at(-1000))
			k.backlog("crm", 1, epoch)
			k.backlog("erp", 1, epoch)
			served := map[string]int{}
			for range 6 {
				for endpoint, n := range perEndpoint(k.take(at(1), 1)) {
					served[endpoint] += n
				}
			}
			if served["crm"] != 1 || served["erp"] != 1 {
				k.Errorf("six leases of one each went to %v, want one to crm and one to erp", served)
			}
		},
	},
}

// backlog owes n deliveries to an endpoint.
func (k *kit) backlog(endpoint string, n int, due time.Time) {
	k.Helper()
	for i := range n {
		k.owe(fmt.Sprintf("%s-%04d", endpoint, i), endpoint, due)
	}
}

func perEndpoint(leases []store.Lease) map[string]int {
	n := map[string]int{}
	for _, l := range leases {
		n[l.Delivery.Endpoint]++
	}
	return n
}
