package worker

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// What the tests start their own program as: a worker, one that a script has
// taken over, another program altogether, and a server that will be killed.
const (
	asWorker  = "script-worker"
	asHostile = "hostile-worker"
	asOther   = "other-program"
	asServer  = "server"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case asWorker:
			Main()
		case asHostile:
			beHostile(os.Args[2])
			os.Exit(0)
		case asOther:
			fmt.Println("usage: something else")
			os.Exit(0)
		case asServer:
			beServer()
			os.Exit(0)
		}
	}
	os.Exit(m.Run())
}

func newLoader(workers int) *Loader {
	return NewLoader(Config{Args: []string{asWorker}, Workers: workers})
}

// roomy keeps the deadline out of tests that are not about it.
var roomy = webhook.GuestLimits{Time: 5 * time.Second}

func load(t testing.TB, l webhook.GuestLoader, name, code string, limits webhook.GuestLimits) webhook.Guest {
	t.Helper()
	g, err := l.Load(t.Context(), webhook.GuestCode{Name: name, Code: []byte(code), Limits: limits})
	if err != nil {
		t.Fatalf("Load(%s) = %v", name, err)
	}
	t.Cleanup(func() {
		if err := g.Close(context.Background()); err != nil {
			t.Errorf("Close = %v", err)
		}
	})
	return g
}

func event(body string) *webhook.Event {
	return &webhook.Event{
		ID: "evt_1", Source: "contracts", Provider: "chaindoc", Type: "document.signed",
		Time:   time.Date(2024, 12, 4, 10, 30, 0, 5e6, time.UTC),
		Header: http.Header{"Content-Type": {"application/json"}, "X-Trace": {"a", "b"}},
		Body:   []byte(body),
	}
}

func faultOf(t testing.TB, err error) *webhook.GuestError {
	t.Helper()
	fault, ok := errors.AsType[*webhook.GuestError](err)
	if !ok {
		t.Fatalf("error = %v, want one of the script", err)
	}
	return fault
}

// polled waits until something holds, which nothing signals.
func polled(t testing.TB, what string, holds func() bool) {
	t.Helper()
	late := time.After(20 * time.Second)
	ticks := time.NewTicker(5 * time.Millisecond)
	defer ticks.Stop()
	for !holds() {
		select {
		case <-ticks.C:
		case <-late:
			t.Fatalf("%s: it does not come", what)
		}
	}
}
