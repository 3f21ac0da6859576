package admin_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/cmd/hookseal/internal/admin"
	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/sqlite"
	"github.com/hookseal/hookseal/engine/webhook"
)

// openStore returns a store with a delivery that is exhausted and one that is
// pending.
func openStore(t *testing.T) (path string, db *sqlite.Store) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "events.db")
	db, err := sqlite.Open(path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	_, err = db.Accept(t.Context(), store.Acceptance{
		Event: webhook.Event{ID: "evt_1", Source: "s"},
		Deliveries: []webhook.Delivery{
			{ID: "dlv_1", EventID: "evt_1", Endpoint: "e", State: webhook.Pending},
			{ID: "dlv_2", EventID: "evt_1", Endpoint: "e", State: webhook.Pending},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	leases, err := db.Lease(t.Context(), store.LeaseRequest{For: time.Minute, Max: 1, Default: 1})
	if err != nil || len(leases) != 1 {
		t.Fatalf("Lease = %v, %v", leases, err)
	}
	_, err = db.Settle(t.Context(), []store.Settlement{{Lease: leases[0].Ref, Next: webhook.Next{State: webhook.Exhausted}}})
	if err != nil {
		t.Fatal(err)
	}
	return path, db
}

// serve answers on the socket until the test ends.
func serve(t *testing.T, path string, op admin.Operator) {
	t.Helper()
	ln, err := admin.Listen(path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- engine.Serve(ctx, ln, admin.Handler(op), engine.ServerLimits{}, slog.New(slog.DiscardHandler))
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// A client of a running server and the store itself do the same.
func TestOperators(t *testing.T) {
	for _, remote := range []bool{false, true} {
		t.Run(map[bool]string{false: "local", true: "client"}[remote], func(t *testing.T) {
			ctx := t.Context()
			path, db := openStore(t)
			woken, changed := 0, 0
			var op admin.Operator = &admin.Local{
				Store: db, Endpoints: func() []string { return []string{"e", "f"} },
				Wake: func() { woken++ }, Changed: func(string) { changed++ },
				Paused: func() map[string]engine.EndpointPause { return map[string]engine.EndpointPause{"e": {Why: "because"}} },
			}
			if remote {
				serve(t, path, op)
				client, err := admin.Dial(ctx, path)
				if err != nil {
					t.Fatal(err)
				}
				op = client
			}
			if err := op.Redeliver(ctx, "dlv_1"); err != nil {
				t.Errorf("Redeliver = %v, want nil", err)
			}
			if err := op.Redeliver(ctx, "dlv_2"); !errors.Is(err, store.ErrNotFinal) {
				t.Errorf("Redeliver of a pending one = %v, want %v", err, store.ErrNotFinal)
			}
			if err := op.Redeliver(ctx, "../x?y"); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("Redeliver of none = %v, want %v", err, store.ErrNotFound)
			}
			if err := op.Erase(ctx, "evt_2"); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("Erase of none = %v, want %v", err, store.ErrNotFound)
			}
			h, err := op.SetDisabled(ctx, "e", true)
			if err != nil || !h.Disabled || h.Why != "disabled by an operator" {
				t.Errorf("SetDisabled = %+v, %v, want it disabled", h, err)
			}
			if d, err := db.Delivery(ctx, "dlv_1"); err != nil || d.State != webhook.Held {
				t.Errorf("Delivery = %+v, %v, want it held", d, err)
			}
			if h, err = op.SetDisabled(ctx, "e", false); err != nil || h.Disabled {
				t.Errorf("SetDisabled = %+v, %v, want it enabled", h, err)
			}
			if err := op.Erase(ctx, "evt_1"); err != nil {
				t.Errorf("Erase = %v, want nil", err)
			}
			if err := op.Redeliver(ctx, "dlv_1"); !errors.Is(err, store.ErrErased) {
				t.Errorf("Redeliver of an erased event's = %v, want %v", err, store.ErrErased)
			}
			if paused, err := op.Pauses(ctx); err != nil || len(paused) != 1 || paused["e"].Why != "because" {
				t.Errorf("Pauses = %+v, %v, want that of e", paused, err)
			}
			if woken != 3 || changed != 2 {
				t.Errorf("woken %d times, want 3, by redelivery and erasure; told of %d changes, want 2", woken, changed)
			}
			if _, err := op.SetDisabled(ctx, "g", true); !errors.Is(err, store.ErrNotFound) || !strings.Contains(err.Error(), "endpoints are e, f") {
				t.Errorf("SetDisabled of an unknown endpoint = %v, want %v with the names", err, store.ErrNotFound)
			}
		})
	}
}

func TestSocketIsTheOwnersAlone(t *testing.T) {
	path, db := openStore(t)
	serve(t, path, &admin.Local{Store: db})
	info, err := os.Stat(path + ".sock")
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("Stat = %v, %v, want mode 0600", info.Mode(), err)
	}
}

func TestDialWithoutServer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	if _, err := admin.Dial(t.Context(), path); !errors.Is(err, admin.ErrNotRunning) {
		t.Errorf("Dial = %v, want %v", err, admin.ErrNotRunning)
	}
	// A server that was killed leaves its socket.
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: path + ".sock", Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	ln.SetUnlinkOnClose(false)
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := admin.Dial(t.Context(), path); !errors.Is(err, admin.ErrNotRunning) {
		t.Errorf("Dial of a socket that was left = %v, want %v", err, admin.ErrNotRunning)
	}
	again, err := admin.Listen(path)
	if err != nil {
		t.Fatalf("Listen beside a socket that was left: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
}
