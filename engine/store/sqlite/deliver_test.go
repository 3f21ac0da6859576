package sqlite_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/sqlite"
	"github.com/hookseal/hookseal/engine/webhook"
)

func TestAcceptRefuses(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "hookseal.db"), sqlite.Options{})
	for name, c := range map[string]struct {
		event    string
		delivery webhook.Delivery
		want     string
	}{
		"no event ID":    {"", webhook.Delivery{ID: "d", Endpoint: "crm"}, "event has no ID"},
		"no delivery ID": {"e", webhook.Delivery{Endpoint: "crm"}, "delivery has no ID"},
		"no endpoint":    {"e", webhook.Delivery{ID: "d"}, `delivery "d" has no endpoint`},
		"final":          {"e", webhook.Delivery{ID: "d", Endpoint: "crm", State: webhook.Delivered}, `delivery "d" is delivered, want pending`},
	} {
		_, err := s.Accept(t.Context(), store.Acceptance{Event: webhook.Event{ID: c.event}, Deliveries: []webhook.Delivery{c.delivery}})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: Accept = %v, want it to say %q", name, err, c.want)
		}
	}
}

func TestSettleRefuses(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "hookseal.db"), sqlite.Options{})
	accept(t, s, "e1")
	l := leaseOne(t, s)
	for state, want := range map[webhook.DeliveryState]string{
		webhook.Running: "cannot be settled as running",
		"":              `unknown delivery state ""`,
		"done":          `unknown delivery state "done"`,
	} {
		_, err := s.Settle(t.Context(), []store.Settlement{{Lease: l.Ref, Next: webhook.Next{State: state}}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Settle as %q = %v, want it to say %q", state, err, want)
		}
	}
}

func TestExpandOnlyOnce(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "hookseal.db"), sqlite.Options{})
	accept(t, s, "e1")
	l := leaseOne(t, s)
	if _, err := s.SetDisabled(t.Context(), "crm", true, "by hand", time.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Expand(t.Context(), l.Ref, make([]webhook.Output, 3), "hash"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Expand(t.Context(), l.Ref, make([]webhook.Output, 3), "hash"); err == nil || !strings.Contains(err.Error(), "has an output already") {
		t.Errorf("Expand of a delivery that has an output = %v, want an error", err)
	}
	held, err := s.Deliveries(t.Context(), store.DeliveryQuery{State: webhook.Held})
	if err != nil || len(held) != 2 || held[0].ID != "d-e1_0003" || held[1].ID != "d-e1_0002" {
		t.Errorf("held = %+v, %v, want the further deliveries d-e1_0003, d-e1_0002 of the disabled endpoint", held, err)
	}
}

func TestLeaseGivesUnusedSharesToOthers(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "hookseal.db"), sqlite.Options{})
	for i := range 20 {
		a := acceptance(string(rune('a' + i)))
		if i == 0 {
			a.Deliveries[0].Endpoint = "one"
		}
		if _, err := s.Accept(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	leases, err := s.Lease(t.Context(), store.LeaseRequest{Now: time.Now(), For: time.Minute, Max: 10, Default: 10})
	if err != nil || len(leases) != 10 {
		t.Errorf("Lease = %d, %v, want 10: one of one endpoint, nine of the other", len(leases), err)
	}
	if _, err := s.Lease(t.Context(), store.LeaseRequest{Now: time.Now(), Max: 10}); err == nil {
		t.Error("Lease for no time = nil, want an error")
	}
}

func leaseOne(t *testing.T, s *sqlite.Store) store.Lease {
	t.Helper()
	leases, err := s.Lease(t.Context(), store.LeaseRequest{Now: time.Now(), For: time.Minute, Max: 1, Default: 1})
	if err != nil || len(leases) != 1 {
		t.Fatalf("Lease = %d, %v, want one", len(leases), err)
	}
	return leases[0]
}
