package durability

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// loadConnections is from how many connections a load posts.
const loadConnections = 16

// load posts from several connections until the server is gone.
type load struct {
	addr  string
	round int
	// pad is how many bytes each body has beside its number.
	pad  int
	next atomic.Int64
	// enough is closed to end it while the server lives.
	enough chan struct{}

	mu      sync.Mutex
	taken   []string
	refused int
}

func newLoad(addr string, round int) *load {
	return &load{addr: addr, round: round, pad: 900, enough: make(chan struct{})}
}

// run returns the bodies that were answered 202.
func (l *load) run() []string {
	var wg sync.WaitGroup
	for range loadConnections {
		wg.Go(l.connection)
	}
	wg.Wait()
	return l.taken
}

func (l *load) connection() {
	conn, err := net.Dial("tcp", l.addr)
	if err != nil {
		return
	}
	defer conn.Close()
	answers := bufio.NewReader(conn)
	for !l.ended() {
		n := l.next.Add(1)
		body := fmt.Sprintf(`{"round":%d,"n":%d,"pad":%q}`, l.round, n, strings.Repeat("x", l.pad))
		if n%10 == 0 {
			forged := request(body)
			copy(forged[len(forged)-len(body):], "forged")
			if _, err := conn.Write(forged); err != nil {
				return
			}
			resp, err := http.ReadResponse(answers, nil)
			// An intake that has stopped judges nothing.
			if err != nil || resp.StatusCode != http.StatusUnauthorized && resp.StatusCode != http.StatusServiceUnavailable || drain(resp) != nil {
				return
			}
			continue
		}
		status, err := send(conn, answers, body)
		if err != nil {
			return // killed: this one was not acknowledged
		}
		l.note(body, status)
	}
}

// note keeps what an answer says. One who is asked to come later does so.
func (l *load) note(body string, status int) {
	l.mu.Lock()
	if status == http.StatusAccepted {
		l.taken = append(l.taken, body)
	} else {
		l.refused++
	}
	l.mu.Unlock()
	if status == http.StatusAccepted {
		return
	}
	select {
	case <-l.enough:
	case <-time.After(5 * time.Millisecond):
	}
}

func (l *load) end() { close(l.enough) }

func (l *load) ended() bool {
	select {
	case <-l.enough:
		return true
	default:
		return false
	}
}

// counts returns how many webhooks were answered 202, and how many otherwise.
func (l *load) counts() (taken, refused int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.taken), l.refused
}

// awaitCounts waits until the counts of some loads together are as wanted.
func awaitCounts(t *testing.T, loads []*load, what string, want func(taken, refused int) bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; {
		taken, refused := 0, 0
		for _, l := range loads {
			has, not := l.counts()
			taken, refused = taken+has, refused+not
		}
		if want(taken, refused) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d webhooks are acknowledged and %d refused after a minute, want %s", taken, refused, what)
		}
		time.Sleep(5 * time.Millisecond) // another process: there is no signal to wait for
	}
}

// awaitTaken waits until so many webhooks more are acknowledged.
func awaitTaken(t *testing.T, loads []*load, more int) {
	t.Helper()
	before := 0
	for _, l := range loads {
		taken, _ := l.counts()
		before += taken
	}
	awaitCounts(t, loads, "more acknowledged", func(taken, _ int) bool { return taken >= before+more })
}

func drain(resp *http.Response) error {
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	return resp.Body.Close()
}
