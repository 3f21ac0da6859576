package receive

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
)

var (
	// ErrBodyTooLarge reports a body over its limit.
	ErrBodyTooLarge = errors.New("body is too large")
	// ErrBodyIncomplete reports a body that ended before its end.
	ErrBodyIncomplete = errors.New("body is incomplete")
	// errBusy reports that the bodies in flight take all the memory that they
	// may.
	errBusy = errors.New("too many bytes in flight")
)

// Budget bounds the bytes of bodies that are held at one time.
type Budget struct {
	limit, held atomic.Int64
}

// SetLimit sets the bound for what is taken from now on.
func (b *Budget) SetLimit(n int64) { b.limit.Store(n) }

// Held returns the bytes that are held now.
func (b *Budget) Held() int64 { return b.held.Load() }

func (b *Budget) take(n int64) bool {
	if b.held.Add(n) > b.limit.Load() {
		b.held.Add(-n)
		return false
	}
	return true
}

// Body is the whole body of one request, while it is read and held.
type Body struct {
	// Budget is what its bytes count against; nil is none.
	Budget *Budget
	// Limit is the most bytes that it may have.
	Limit int64

	taken int64
}

// Release gives back what the body took of its budget.
func (b *Body) Release() {
	if b.Budget != nil {
		b.Budget.held.Add(-b.taken)
	}
	b.taken = 0
}

// Read returns the whole body or an error, never a part of it, and puts the
// same bytes in its place. One that is too large by its length is left alone;
// after any other error, reading the request's body returns that error, so that
// nobody takes the rest for the whole.
func (b *Body) Read(r *http.Request) ([]byte, error) {
	if r.ContentLength > b.Limit {
		return nil, b.tooLarge()
	}
	data, err := b.read(r)
	if err != nil {
		r.Body = spent{err: err, Closer: orNoBody(r.Body)}
		return nil, err
	}
	restore(r, data)
	return data, nil
}

// firstPage is what a body is given before its first byte has come. The most
// connections that a server takes by default fit into the default budget.
const firstPage = 4 << 10

func (b *Body) read(r *http.Request) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return b.complete(r, nil)
	}
	most := b.Limit
	if r.ContentLength > 0 {
		most = min(most, r.ContentLength)
	}
	// What is held follows what has come, not what was announced: a client that
	// announces a megabyte and sends nothing takes a page. One byte more than
	// expected shows the end of the body without another buffer.
	buf, err := b.grow(nil, min(most, firstPage)+1)
	if err != nil {
		return nil, err
	}
	for {
		n, err := r.Body.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		switch {
		case int64(len(buf)) > b.Limit:
			return nil, b.tooLarge()
		case errors.Is(err, io.EOF):
			return b.complete(r, buf)
		case err != nil:
			return nil, b.broken(err)
		}
		if int64(len(buf)) > most {
			most = b.Limit // somebody before us, who unpacks it, left the length as it was
		}
		if len(buf) == cap(buf) {
			if buf, err = b.grow(buf, min(2*int64(cap(buf)), most+1)); err != nil {
				return nil, err
			}
		}
	}
}

// complete refuses a body that ends, without an error, before the length that
// its request states.
func (b *Body) complete(r *http.Request, buf []byte) ([]byte, error) {
	if int64(len(buf)) < r.ContentLength {
		return nil, fmt.Errorf("%w: %d of %d bytes", ErrBodyIncomplete, len(buf), r.ContentLength)
	}
	return buf, nil
}

// broken names an error of reading. Somebody before us may have set a limit too.
func (b *Body) broken(err error) error {
	if limit, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return fmt.Errorf("%w: limit is %d bytes", ErrBodyTooLarge, limit.Limit)
	}
	return fmt.Errorf("%w: %w", ErrBodyIncomplete, err)
}

func (b *Body) tooLarge() error {
	return fmt.Errorf("%w: limit is %d bytes", ErrBodyTooLarge, b.Limit)
}

func (b *Body) grow(buf []byte, size int64) ([]byte, error) {
	more := size - int64(cap(buf))
	if b.Budget != nil && !b.Budget.take(more) {
		return nil, errBusy
	}
	b.taken += more
	out := make([]byte, len(buf), size)
	copy(out, buf)
	return out, nil
}

// restore makes r a request whose body is data and still to be read. The
// trailer, which came after the body, stays.
func restore(r *http.Request, data []byte) {
	original := orNoBody(r.Body)
	r.ContentLength = int64(len(data))
	// The length is known now: whoever sends r on need not send it in chunks.
	r.TransferEncoding = nil
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
	r.Body = &replay{Reader: *bytes.NewReader(data), Closer: original}
}

// replay hands out a body that was read before; closing it closes what it was
// read from.
type replay struct {
	bytes.Reader
	io.Closer
}

// spent is a body that could not be read.
type spent struct {
	err error
	io.Closer
}

// Read returns why there is nothing to read.
func (s spent) Read([]byte) (int, error) { return 0, s.err }

func orNoBody(body io.ReadCloser) io.ReadCloser {
	if body == nil {
		return http.NoBody
	}
	return body
}
