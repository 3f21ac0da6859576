package demo

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
)

// receiver is an endpoint: an HTTP handler that checks what it gets and counts
// it by webhook-id. It is safe for concurrent use.
type receiver struct {
	// check verifies the signature; content looks at what was made of the
	// event, nil at nothing.
	check, content func(http.Header, []byte) error
	// answer is the status for a message that came n times. The context ends
	// with the request.
	answer func(ctx context.Context, n int) int
	// changed is called after every request that came.
	changed func()

	mu       sync.Mutex
	messages map[string]*message
	// requests came in all, waiting of them have no answer yet.
	requests, waiting int
	// smuggled are those that carry the marker.
	smuggled int
	faults   []string
}

// message is what came under one webhook-id.
type message struct {
	came int
	// taken counts the 2xx.
	taken int
}

// ServeHTTP takes a delivery. One whose signature does not hold is answered 401.
func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, 1<<20))
	if err == nil {
		err = r.check(req.Header, body)
	}
	if err == nil && r.content != nil {
		err = r.content(req.Header, body)
	}
	id := req.Header.Get("Webhook-Id")
	n := r.came(id, body, err)
	r.changed()
	if err != nil {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	status := r.answer(req.Context(), n)
	r.answered(id, status)
	w.WriteHeader(status)
}

// came records a request, and returns how often its message came by now.
func (r *receiver) came(id string, body []byte, fault error) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests++
	if bytes.Contains(body, []byte(marker)) {
		r.smuggled++
	}
	if fault != nil {
		r.faults = append(r.faults, fmt.Sprintf("%s: %v", id, fault))
		return 0
	}
	m := r.messages[id]
	if m == nil {
		m = &message{}
		r.messages[id] = m
	}
	m.came++
	r.waiting++
	return m.came
}

func (r *receiver) answered(id string, status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waiting--
	if status >= 200 && status < 300 {
		r.messages[id].taken++
	}
}

// record is what a receiver has seen.
type record struct {
	requests, waiting, smuggled int
	faults                      []string
	messages                    map[string]message
}

func (r *receiver) record() record {
	r.mu.Lock()
	defer r.mu.Unlock()
	seen := record{r.requests, r.waiting, r.smuggled, append([]string(nil), r.faults...), map[string]message{}}
	for id, m := range r.messages {
		seen.messages[id] = *m
	}
	return seen
}

// taken lists how many messages were answered 2xx.
func (r record) taken() int {
	n := 0
	for _, m := range r.messages {
		if m.taken > 0 {
			n++
		}
	}
	return n
}

// always answers every message alike.
func always(status int) func(context.Context, int) int {
	return func(context.Context, int) int { return status }
}

// recovering answers 500 and 502 by turns to the first failures of a message,
// and takes it after that.
func recovering(failures int) func(context.Context, int) int {
	return func(_ context.Context, n int) int {
		switch {
		case n > failures:
			return http.StatusOK
		case n%2 == 1:
			return http.StatusInternalServerError
		}
		return http.StatusBadGateway
	}
}

// silent gives no answer before the gate opens, and answers 500 from then on.
func silent(gate <-chan struct{}) func(context.Context, int) int {
	return func(ctx context.Context, _ int) int {
		select {
		case <-gate:
		case <-ctx.Done():
		}
		return http.StatusInternalServerError
	}
}
