package sqlite

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

func leaseAll(t *testing.T, s *Store) []store.Lease {
	t.Helper()
	leases, err := s.Lease(t.Context(), store.LeaseRequest{Now: time.Unix(2000, 0), For: time.Hour, Max: 1000, Default: 1000})
	if err != nil {
		t.Fatal(err)
	}
	return leases
}

// TestExpansionsTogether makes expansions with no output, one and two in one
// transaction, beside one whose lease is lost.
func TestExpansionsTogether(t *testing.T) {
	s := openInternal(t, Options{})
	const n = 100
	owe(t, s, "e1", n, 0)
	leases := leaseAll(t, s)
	batch := make([]*request, len(leases))
	for i, l := range leases {
		outputs := make([]webhook.Output, i%3)
		for o := range outputs {
			outputs[o].Body = fmt.Appendf(nil, "output %d of %d", o, i)
		}
		batch[i] = &request{expand: &expansion{ref: l.Ref, outputs: outputs, hash: fmt.Sprint("hash ", i%2)}}
	}
	batch[7].expand.ref.Token = "another"
	if err := s.write(t.Context(), "expand all", func(tx *tx) error { return tx.expandAll(batch) }); err != nil {
		t.Fatal(err)
	}
	for i, r := range batch {
		if i == 7 {
			if !errors.Is(r.err, store.ErrLeaseLost) {
				t.Errorf("error of the one without its lease = %v, want %v", r.err, store.ErrLeaseLost)
			}
			continue
		}
		kept, err := s.Delivery(t.Context(), leases[i].Delivery.ID)
		if err != nil || r.err != nil {
			t.Fatalf("Delivery = %v, and expand = %v, want nil", err, r.err)
		}
		got := r.expand.expanded
		if got.State != kept.State || got.MessageID != kept.MessageID || got.TransformHash != kept.TransformHash || kept.TransformHash != r.expand.hash {
			t.Errorf("expanded %d = %+v, want it as it is kept, %+v", i, got, kept)
		}
		if want := len(r.expand.outputs) == 0; (kept.State == webhook.Dropped) != want || (kept.Output == nil) != want {
			t.Errorf("delivery %d = %+v, want it dropped = %v", i, kept, want)
		}
		if want := fmt.Sprintf("output 0 of %d", i); kept.Output != nil && string(kept.Output.Body) != want {
			t.Errorf("output of delivery %d = %q, want %q", i, kept.Output.Body, want)
		}
	}
	if d, err := s.Delivery(t.Context(), leases[8].Delivery.ID+"_0002"); err != nil || string(d.Output.Body) != "output 1 of 8" {
		t.Errorf("second of delivery 8 = %+v, %v, want it with its output", d, err)
	}
	wantCount(t, s, webhook.Dropped, 34)
	wantCount(t, s, webhook.Running, 66)
	wantCount(t, s, webhook.Pending, 33)
}

// TestExpandTwiceAtOnce expands one delivery from several sides: one of them does.
func TestExpandTwiceAtOnce(t *testing.T) {
	s := openInternal(t, Options{})
	owe(t, s, "e1", 20, 0)
	for _, l := range leaseAll(t, s) {
		var callers sync.WaitGroup
		faults := make([]error, 4)
		for i := range faults {
			callers.Go(func() { _, faults[i] = s.Expand(t.Context(), l.Ref, make([]webhook.Output, 1), "hash") })
		}
		callers.Wait()
		done := 0
		for _, err := range faults {
			if err == nil {
				done++
			} else if !strings.Contains(err.Error(), "has an output already") {
				t.Errorf("Expand = %v, want it to say that there is an output", err)
			}
		}
		if done != 1 {
			t.Errorf("%d callers have expanded %s, want one", done, l.Delivery.ID)
		}
	}
}
