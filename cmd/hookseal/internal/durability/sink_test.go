package durability

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// sink keeps what is delivered to it.
type sink struct {
	mu  sync.Mutex
	ids map[string]map[string]bool // body → the webhook-ids it came under
	// awaited are the bodies that await still waits for; all is closed when
	// none is left.
	awaited map[string]bool
	all     chan struct{}
}

func newSink() *sink { return &sink{ids: map[string]map[string]bool{}} }

func (s *sink) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the server was killed in the middle
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ids[string(body)] == nil {
		s.ids[string(body)] = map[string]bool{}
	}
	s.ids[string(body)][r.Header.Get("Webhook-Id")] = true
	if s.awaited[string(body)] {
		delete(s.awaited, string(body))
		if len(s.awaited) == 0 {
			close(s.all)
		}
	}
}

// await returns once every body has come.
func (s *sink) await(t *testing.T, bodies []string) {
	t.Helper()
	s.mu.Lock()
	s.awaited, s.all = map[string]bool{}, make(chan struct{})
	for _, b := range bodies {
		if len(s.ids[b]) == 0 {
			s.awaited[b] = true
		}
	}
	if len(s.awaited) == 0 {
		close(s.all)
	}
	s.mu.Unlock()
	select {
	case <-s.all:
	case <-time.After(10 * time.Minute):
		s.mu.Lock()
		defer s.mu.Unlock()
		t.Fatalf("%d of %d acknowledged webhooks never came", len(s.awaited), len(bodies))
	}
}

func (s *sink) judge(t *testing.T, accepted int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for body, ids := range s.ids {
		if strings.HasPrefix(body, "forged") {
			t.Errorf("a refused webhook was delivered: %q", body)
		}
		if len(ids) != 1 {
			t.Errorf("%q came under %d webhook-ids", body, len(ids))
		}
	}
	t.Logf("%d acknowledged, %d bodies delivered", accepted, len(s.ids))
}
