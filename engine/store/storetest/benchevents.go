package storetest

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// BenchEvents returns events of 1 KB of the source contracts, each with a dedup key
// and a delivery to one of four endpoints.
func BenchEvents(n int) []store.Acceptance {
	body := make([]byte, 1024)
	for i := range body {
		body[i] = byte('a' + i%26)
	}
	header := http.Header{
		"Content-Type": {"application/json"}, "User-Agent": {"bench/1.0"}, "X-Request-Id": {"0123456789abcdef"},
		"X-Webhook-Signature": {"8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4"},
	}
	now := time.Now()
	events := make([]store.Acceptance, n)
	for i := range events {
		id := fmt.Sprintf("018f3c1e-%08x-7000-8000-0123456789ab", i)
		digest := sha256.Sum256([]byte(id))
		events[i] = store.Acceptance{
			Event: webhook.Event{
				ID: id, Source: "contracts", Provider: "chaindoc", Type: "document.signed", Time: now,
				Header: header, Body: body, Secret: "CHAINDOC_SECRET", Covers: webhook.CoversBody,
			},
			Deliveries: []webhook.Delivery{{
				ID: id + "-d", MessageID: id, EventID: id, Subscription: "contracts-crm", Endpoint: "crm-" + strconv.Itoa(i%4),
				State: webhook.Pending, Due: now, Created: now,
			}},
			DedupKey:   fmt.Sprintf("%x", digest),
			BodyDigest: digest,
		}
	}
	return events
}

func accept(b *testing.B, s store.Store, callers int, events []store.Acceptance) {
	b.Helper()
	EachCaller(b, callers, len(events), func(i int) error {
		_, err := s.Accept(b.Context(), events[i])
		return err
	})
}

// EachCaller calls do for every number below n, from that many goroutines. A caller
// to whom do returns an error ends, and the test fails.
func EachCaller(t testing.TB, callers, n int, do func(i int) error) {
	t.Helper()
	var next atomic.Int64
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				if err := do(i); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}
