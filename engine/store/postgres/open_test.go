//go:build unix

package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/postgres"
	"github.com/hookseal/hookseal/engine/store/postgres/pgtest"
	"github.com/hookseal/hookseal/engine/webhook"
)

// wantRefused checks that both ways to open a database refuse it with a text.
func wantRefused(t *testing.T, dsn string, texts ...string) {
	t.Helper()
	s, err := postgres.Open(t.Context(), dsn, postgres.Options{})
	if err == nil {
		t.Errorf("Open = nil, want an error with %q", texts)
		_ = s.Close()
		return
	}
	for name, err := range map[string]error{"Open": err, "Check": postgres.Check(t.Context(), dsn)} {
		if err == nil {
			t.Errorf("%s = nil, want an error with %q", name, texts)
			continue
		}
		for _, text := range texts {
			if !strings.Contains(err.Error(), text) {
				t.Errorf("%s = %q, want it to hold %q", name, err, text)
			}
		}
		if strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s = %q, want one line without the password", name, err)
		}
	}
}

func TestServerWithoutSyncIsRefused(t *testing.T) {
	server := pgtest.Own(t, "fsync=off")
	wantRefused(t, server.DSN("postgres"), "fsync = off", "ALTER SYSTEM SET fsync = on")
}

// TestSyncTurnedOff turns the sync of a server off while the store is open.
func TestSyncTurnedOff(t *testing.T) {
	server := pgtest.Own(t)
	s := open(t, server.DSN("postgres"), postgres.Options{})
	if err := s.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := server.SQL("postgres", "ALTER SYSTEM SET fsync = off"); err != nil {
		t.Fatal(err)
	}
	if err := server.SQL("postgres", "SELECT pg_reload_conf()"); err != nil {
		t.Fatal(err)
	}
	// The server's processes learn of the change when they next look.
	for deadline := time.Now().Add(10 * time.Second); ; {
		_, err := s.Accept(t.Context(), acceptance("e"+fmt.Sprint(time.Now().UnixNano()), ""))
		if err != nil {
			if !strings.Contains(err.Error(), "fsync = off") {
				t.Errorf("Accept = %v, want it to say that fsync is off", err)
			}
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("Accept goes on on a server with fsync = off")
		}
	}
}

// TestCommitsWait turns synchronous_commit off by default: what the store has
// acknowledged is in the synced part of the log all the same.
func TestCommitsWait(t *testing.T) {
	// Without a write of the log's writer for ten seconds, what is not synced by a
	// commit is not synced.
	server := pgtest.Own(t, "synchronous_commit=off", "wal_writer_delay=10s", "wal_writer_flush_after=1GB")
	s := open(t, server.DSN("postgres"), postgres.Options{})
	for i := range 20 {
		accept(t, s, fmt.Sprintf("e%02d", i), "")
		unsynced, err := server.Query("postgres", "SELECT pg_current_wal_insert_lsn() - pg_current_wal_flush_lsn()")
		if err != nil || unsynced != "0" {
			t.Fatalf("after an Accept %q bytes of the log are not synced, %v, want 0", unsynced, err)
		}
	}
}

func TestDSNs(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free := ln.Addr().String()
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	wantRefused(t, "postgres://u:hunter2@"+free+"/db", "postgres://u@"+free+"/db", "cannot connect", "refused")
	wantRefused(t, "postgres://u:hunter2%zz@h/db", "DSN cannot be read")
	wantRefused(t, "postgres://u:hunter2@h:port/db", "DSN cannot be read")
	wantRefused(t, "postgres://u:hunter2@"+free+"/db?pool_max_conns=1", "pool_max_conns is 1")
	if got, err := postgres.Describe("postgres://u:hunter2@h:7/db?x=hunter2"); err != nil || got != "postgres://u@h:7/db" {
		t.Errorf("Describe = %q, %v, want no password", got, err)
	}
	dsn := pgtest.Database(t)
	wantRefused(t, strings.Replace(dsn, "/test_", "/absent_", 1), "absent_", "does not exist")
}

// A server that speaks no TLS is asked again without it where the DSN permits that,
// and what it says then is what an operator must read.
func TestAnswerAfterTLSIsTold(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	go refuseEach(ln)
	wantRefused(t, "postgres://u:hunter2@"+ln.Addr().String()+"/absent", "cannot connect", `database "absent" does not exist`)
}

// refuseEach answers as a server without TLS that has no such database.
func refuseEach(ln net.Listener) {
	for {
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		back := pgproto3.NewBackend(conn, conn)
		if first, err := back.ReceiveStartupMessage(); err == nil {
			if _, asks := first.(*pgproto3.SSLRequest); asks {
				_, _ = conn.Write([]byte("N"))
				_, _ = back.ReceiveStartupMessage()
			}
			back.Send(&pgproto3.ErrorResponse{
				Severity: "FATAL", SeverityUnlocalized: "FATAL", Code: "3D000", Message: `database "absent" does not exist`,
			})
			_ = back.Flush()
		}
		_ = conn.Close()
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for _, opts := range []postgres.Options{{Connections: 1}, {Connections: -1}, {Poll: -1}, {Listen: "postgres://u:hunter2%zz@h/db"}} {
		s, err := postgres.Open(t.Context(), "postgres://h/db", opts)
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("Open with %+v = %v, want an error without the password", opts, err)
		}
		if err == nil {
			_ = s.Close()
		}
	}
}

// TestManyNodesOpen opens an empty database from many sides at once.
func TestManyNodesOpen(t *testing.T) {
	dsn := pgtest.Database(t)
	var opening sync.WaitGroup
	for range 8 {
		opening.Go(func() {
			s, err := postgres.Open(context.Background(), dsn, postgres.Options{Connections: 4})
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	opening.Wait()
}

func TestNewerSchemaIsRefused(t *testing.T) {
	server := pgtest.Own(t)
	if err := open(t, server.DSN("postgres"), postgres.Options{}).Close(); err != nil {
		t.Fatal(err)
	}
	if err := server.SQL("postgres", "UPDATE hookseal.schema_version SET version = 99"); err != nil {
		t.Fatal(err)
	}
	wantRefused(t, server.DSN("postgres"), "version 99", "use a newer hookseal")
	if r, err := postgres.OpenReader(t.Context(), server.DSN("postgres")); err == nil {
		t.Errorf("OpenReader = %v, want an error", r)
	}
}

func TestReader(t *testing.T) {
	dsn := pgtest.Database(t)
	if _, err := postgres.OpenReader(t.Context(), dsn); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("OpenReader of an empty database = %v, want %v", err, fs.ErrNotExist)
	}
	if err := postgres.Check(t.Context(), dsn); err != nil {
		t.Errorf("Check of an empty database = %v, want nil", err)
	}
	s := open(t, dsn, postgres.Options{})
	accept(t, s, "e1", "crm")
	r, err := postgres.OpenReader(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	events, err := r.Events(t.Context(), store.EventQuery{})
	if err != nil || len(events) != 1 || events[0].ID != "e1" {
		t.Errorf("Events = %v, %v, want e1", events, err)
	}
	if due, err := r.NextDue(t.Context()); err != nil || !due.Equal(begin) {
		t.Errorf("NextDue = %v, %v, want %v", due, err, begin)
	}
	if counts, err := r.Counts(t.Context()); err != nil || counts[webhook.Pending] != 1 {
		t.Errorf("Counts = %v, %v, want 1 pending", counts, err)
	}
	if err := errors.Join(r.Close(), r.Close()); err != nil {
		t.Errorf("Close = %v, want nil", err)
	}
	if _, err := r.Events(t.Context(), store.EventQuery{}); !errors.Is(err, store.ErrClosed) {
		t.Errorf("Events after Close = %v, want %v", err, store.ErrClosed)
	}
}

// begin is when the tests take place, which need not be now.
var begin = time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)

// acceptance is an event with a delivery to an endpoint, if that is named.
func acceptance(id, endpoint string) store.Acceptance {
	a := store.Acceptance{Event: webhook.Event{ID: id, Source: "s", Time: begin, Body: []byte(id)}}
	if endpoint != "" {
		a.Deliveries = []webhook.Delivery{{
			ID: "d-" + id, MessageID: id, EventID: id, Endpoint: endpoint, State: webhook.Pending, Due: begin, Created: begin,
		}}
	}
	return a
}

func accept(t *testing.T, s *postgres.Store, id, endpoint string) {
	t.Helper()
	if _, err := s.Accept(t.Context(), acceptance(id, endpoint)); err != nil {
		t.Fatal(err)
	}
}
