package expiry_test

import (
	"slices"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/internal/expiry"
	"github.com/hookseal/hookseal/engine/store"
)

// rows are events of the source "s", the oldest first, each received a second
// after the one before and as heavy as the others.
type rows struct{ ids []string }

const each = 100

func (r rows) Sizes() ([]expiry.Size, error) {
	return []expiry.Size{{Source: "s", Bytes: int64(each * len(r.ids))}}, nil
}

func (r rows) before(before time.Time, limit int) (found []expiry.Aged[string]) {
	for i, id := range r.ids {
		at := time.Unix(int64(i), 0)
		if len(found) < limit && (before.IsZero() || at.Before(before)) {
			found = append(found, expiry.Aged[string]{ID: id, Time: at.UnixMicro(), Weight: each})
		}
	}
	return found
}

func (r rows) Oldest(_ string, before time.Time, limit int) ([]expiry.Aged[string], error) {
	return r.before(before, limit), nil
}

func (r rows) Bodies(_ string, before time.Time, limit int) (ids []string, err error) {
	for _, e := range r.before(before, limit) {
		ids = append(ids, e.ID)
	}
	return ids, nil
}

func TestChoose(t *testing.T) {
	at := func(s int64) time.Time { return time.Unix(s, 0) }
	for name, c := range map[string]struct {
		req            store.PruneRequest
		events, bodies []string
	}{
		"nothing":          {req: store.PruneRequest{Limit: 9}},
		"age":              {req: store.PruneRequest{Default: store.Keep{Events: at(2)}, Limit: 9}, events: []string{"a", "b"}},
		"limit":            {req: store.PruneRequest{Default: store.Keep{Events: at(2), Size: 1}, Limit: 1}, events: []string{"a"}},
		"age and size":     {req: store.PruneRequest{Default: store.Keep{Events: at(1), Size: 2 * each}, Limit: 9}, events: []string{"a", "b"}},
		"bodies":           {req: store.PruneRequest{Default: store.Keep{Bodies: at(3)}, Limit: 2}, bodies: []string{"a", "b"}},
		"age and bodies":   {req: store.PruneRequest{Default: store.Keep{Events: at(1), Bodies: at(3)}, Limit: 9}, events: []string{"a"}, bodies: []string{"b", "c"}},
		"size and bodies":  {req: store.PruneRequest{Default: store.Keep{Size: 3 * each, Bodies: at(2)}, Limit: 9}, events: []string{"a"}, bodies: []string{"b"}},
		"sum and bodies":   {req: store.PruneRequest{Size: 3 * each, Default: store.Keep{Bodies: at(2)}, Limit: 9}, events: []string{"a"}, bodies: []string{"b"}},
		"sum takes bodies": {req: store.PruneRequest{Size: 1, Default: store.Keep{Bodies: at(2)}, Limit: 9}, events: []string{"a", "b", "c", "d"}},
	} {
		plan, err := expiry.Choose(c.req, rows{[]string{"a", "b", "c", "d"}})
		if err != nil || !slices.Equal(plan.Events, c.events) || !slices.Equal(plan.Bodies, c.bodies) {
			t.Errorf("%s: Choose = %+v, %v, want events %v and bodies %v", name, plan, err, c.events, c.bodies)
		}
	}
}
