package receive

import (
	"net/http"
	"sync"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// Refusal is a request that was refused, as far as it may be kept.
type Refusal struct {
	// At is when the request came, in UTC.
	At time.Time
	// Source is the name of the source.
	Source string
	// Reason is what the sender was told, Detail one line more for an operator:
	// never a secret, an expected signature or a body.
	Reason webhook.Reason
	Detail string
	// Method is that of the request, at most 32 bytes of it.
	Method string
	// Header is redacted, and nil where it was larger than 8 KiB. Body is the
	// first 4 KiB of the body, empty where the request was refused before its
	// body was read.
	Header http.Header
	Body   []byte
	// Size is the length of the whole body.
	Size int
}

const (
	ringEntries = 64
	ringBody    = 4 << 10
	ringHeader  = 8 << 10
)

// ring keeps the latest refusals of one source, bounded in count and bytes.
type ring struct {
	mu   sync.Mutex
	kept [ringEntries]Refusal
	next int
}

func (r *ring) add(refusal Refusal) {
	refusal.Size = len(refusal.Body)
	if len(refusal.Body) > ringBody {
		refusal.Body = refusal.Body[:ringBody]
	}
	refusal.Body = append([]byte(nil), refusal.Body...)
	if headerSize(refusal.Header) > ringHeader {
		refusal.Header = nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.kept[r.next%ringEntries] = refusal
	r.next++
}

func headerSize(h http.Header) int {
	n := 0
	for name, values := range h {
		for _, v := range values {
			n += len(name) + len(v)
		}
	}
	return n
}

// list returns what is kept, newest first.
func (r *ring) list() []Refusal {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []Refusal
	for i := r.next - 1; i >= 0 && i >= r.next-ringEntries; i-- {
		out = append(out, r.kept[i%ringEntries])
	}
	return out
}
