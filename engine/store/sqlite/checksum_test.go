package sqlite_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/sqlite"
	"github.com/hookseal/hookseal/engine/webhook"
)

// TestChangedByte changes one byte of what is sent of a delivery in the file: that
// delivery fails, and the others are handed out.
func TestChangedByte(t *testing.T) {
	now := time.Unix(1000, 0)
	for what, c := range map[string]struct{ from, to, want string }{
		"body":           {"body of e2", "body of e3", `delivery "d-e2": event "e2": it has changed`},
		"header":         {"value of e2", "value 0f e2", `delivery "d-e2": event "e2": it has changed`},
		"header's shape": {"X-Event\x01\x0bvalue of e2", "X-Event\x02\x0bvalue of e2", `delivery "d-e2": event "e2": it has changed`},
		"type":           {"type.of.e2", "type.of.e1", `delivery "d-e2": event "e2": it has changed`},
		"output":         {"output of e2", "output of e1", `delivery "d-e2" of event "e2": output: it has changed`},
		"media type":     {"text/e2", "text/e4", `delivery "d-e2" of event "e2": output: it has changed`},
	} {
		t.Run(what, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "hookseal.db")
			s := open(t, path, sqlite.Options{})
			for i := range 4 {
				id := fmt.Sprint("e", i)
				a := acceptance(id)
				a.Event.Type, a.Event.Header = "type.of."+id, http.Header{"X-Event": {"value of " + id}}
				a.Deliveries[0].Due, a.Deliveries[0].Output = now, &webhook.Output{ContentType: "text/" + id, Body: []byte("output of " + id)}
				if _, err := s.Accept(t.Context(), a); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			changeByte(t, path, c.from, c.to)

			var log bytes.Buffer
			s = open(t, path, sqlite.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
			leases, err := s.Lease(t.Context(), store.LeaseRequest{Now: now, For: time.Hour, Max: 9, Default: 9})
			if err != nil || len(leases) != 3 || leases[0].Delivery.ID != "d-e0" || leases[1].Delivery.ID != "d-e1" || leases[2].Delivery.ID != "d-e3" {
				t.Fatalf("Lease = %+v, %v, want those of e0, e1 and e3", leases, err)
			}
			failed, err := s.Deliveries(t.Context(), store.DeliveryQuery{State: webhook.Failed})
			if err != nil || len(failed) != 1 || !strings.Contains(failed[0].LastError, c.want) {
				t.Errorf("failed = %+v, %v, want %s", failed, err, c.want)
			}
			if !strings.Contains(log.String(), "restore it from a backup") {
				t.Errorf("log = %q, want it to say that a delivery fails", &log)
			}
			_, eventErr := s.Event(t.Context(), "e2")
			_, deliveryErr := s.Delivery(t.Context(), "d-e2")
			output := strings.Contains(c.want, "output")
			if (eventErr == nil) != output || (deliveryErr == nil) == output {
				t.Errorf("Event = %v, Delivery = %v, want an error of the one that has changed", eventErr, deliveryErr)
			}
			if err := s.Redeliver(t.Context(), "d-e2", now); err != nil {
				t.Errorf("Redeliver = %v, want nil", err)
			}
			if again, err := s.Lease(t.Context(), store.LeaseRequest{Now: now, For: time.Hour, Max: 9, Default: 9}); err != nil || len(again) != 0 {
				t.Errorf("Lease of what was redelivered = %+v, %v, want it to fail again", again, err)
			}
			counts, err := s.Counts(t.Context())
			if err != nil || counts[webhook.Failed] != 1 || counts[webhook.Running] != 3 || counts[webhook.Pending] != 0 {
				t.Errorf("Counts = %v, %v, want one failed and three running", counts, err)
			}
		})
	}
}

// changeByte replaces what is once in the file.
func changeByte(t *testing.T, path, from, to string) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(content, []byte(from)); n != 1 || len(from) != len(to) {
		t.Fatalf("%q is %d times in the file, want once", from, n)
	}
	if err := os.WriteFile(path, bytes.Replace(content, []byte(from), []byte(to), 1), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestChangedByteInAnOrder fails the first in an order: the next has its turn.
func TestChangedByteInAnOrder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hookseal.db")
	s := open(t, path, sqlite.Options{})
	for _, id := range []string{"e1", "e2"} {
		a := acceptance(id)
		a.Deliveries[0].OrderKey = "key"
		if _, err := s.Accept(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	changeByte(t, path, "body of e1", "body 0f e1")
	s = open(t, path, sqlite.Options{})
	due := store.LeaseRequest{Now: time.Now(), For: time.Hour, Max: 1, Default: 1}
	for range 2 {
		leases, err := s.Lease(t.Context(), due)
		if err != nil {
			t.Fatal(err)
		}
		if len(leases) == 1 && leases[0].Delivery.ID == "d-e2" {
			return
		}
	}
	t.Error("Lease handed out nothing after the first in the order had failed, want the second")
}
