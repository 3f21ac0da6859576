package receive

import (
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

var (
	// errTooLarge reports a body over the source's limit.
	errTooLarge = errors.New("body is larger than the source allows")
	// errBusy reports that the bodies in flight take all the memory that they
	// may.
	errBusy = errors.New("too many bytes in flight")
)

// Budget bounds the bytes of bodies that are held at one time.
type Budget struct {
	Limit int64
	held  atomic.Int64
}

func (b *Budget) take(n int64) bool {
	if b.held.Add(n) > b.Limit {
		b.held.Add(-n)
		return false
	}
	return true
}

// Held returns the bytes that are held now.
func (b *Budget) Held() int64 { return b.held.Load() }

// bodyReader reads one body within its limit and the budget.
type bodyReader struct {
	budget *Budget
	limit  int64
	taken  int64
}

func (r *bodyReader) release() { r.budget.held.Add(-r.taken) }

// read returns the whole body or an error, never a part of it.
func (r *bodyReader) read(req *http.Request) ([]byte, error) {
	if req.ContentLength > r.limit {
		return nil, errTooLarge
	}
	size := int64(4 << 10)
	if req.ContentLength >= 0 {
		size = req.ContentLength
	}
	// One byte more than expected, so that the end of the body is seen
	// without another buffer.
	buf, err := r.grow(nil, size+1)
	if err != nil {
		return nil, err
	}
	for {
		n, err := req.Body.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		switch {
		case int64(len(buf)) > r.limit:
			return nil, errTooLarge
		case errors.Is(err, io.EOF):
			return buf, nil
		case err != nil:
			return nil, err
		}
		if len(buf) == cap(buf) {
			if buf, err = r.grow(buf, min(2*int64(cap(buf)), r.limit+1)); err != nil {
				return nil, err
			}
		}
	}
}

func (r *bodyReader) grow(buf []byte, size int64) ([]byte, error) {
	more := size - int64(cap(buf))
	if !r.budget.take(more) {
		return nil, errBusy
	}
	r.taken += more
	out := make([]byte, len(buf), size)
	copy(out, buf)
	return out, nil
}

// request returns r as the checks see it.
func request(r *http.Request, body []byte, now time.Time) *webhook.Request {
	req := &webhook.Request{
		Method: r.Method, Target: r.RequestURI, Scheme: "http", Host: r.Host,
		Header: r.Header, Body: body, Received: now,
	}
	if r.TLS != nil {
		req.Scheme = "https"
	}
	return req
}
