package keyring

import "time"

// The budget of fetches for addresses that requests chose and that hold no keys
// yet: budgetSize at once, and one more every budgetPace.
const (
	budgetSize = 20
	budgetPace = 1500 * time.Millisecond
	maxBudgets = 1024
)

// budget is a token bucket, kept as the moment at which it is full again.
type budget struct{ fullAt time.Time }

// spend takes one fetch from the budget of a group under one set of credentials.
// Budgets that are full hold nothing, and make room for others.
func (r *Ring) spend(addr address, group string, now time.Time) bool {
	name := group + "\x00" + string(addr.credentials[:])
	b := r.budgets[name]
	if b == nil {
		if len(r.budgets) >= maxBudgets {
			for other, kept := range r.budgets {
				if !kept.fullAt.After(now) {
					delete(r.budgets, other)
				}
			}
		}
		if len(r.budgets) >= maxBudgets {
			return false
		}
		b = &budget{}
		r.budgets[name] = b
	}
	if b.fullAt.Before(now) {
		b.fullAt = now
	}
	if b.fullAt.Sub(now) > (budgetSize-1)*budgetPace {
		return false
	}
	b.fullAt = b.fullAt.Add(budgetPace)
	return true
}
