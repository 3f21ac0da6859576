package sqlite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/hookseal/hookseal/engine/webhook"
)

// states are the delivery states in the order of their numbers in the file,
// which never change. The indexes of the schema name some of them.
var states = [...]webhook.DeliveryState{
	webhook.Pending, webhook.Running, webhook.Held, webhook.Delivered,
	webhook.Dropped, webhook.Failed, webhook.Exhausted, webhook.Canceled,
}

// The numbers that statements speak of.
const (
	pending   = 0
	running   = 1
	held      = 2
	delivered = 3
	dropped   = 4
	canceled  = 7
)

// stateNumber returns the number of a state, or an error for one that the type
// does not define.
func stateNumber(s webhook.DeliveryState) (int64, error) {
	if i := slices.Index(states[:], s); i >= 0 {
		return int64(i), nil
	}
	return 0, fmt.Errorf("unknown delivery state %q", s)
}

func stateName(number int64) (webhook.DeliveryState, error) {
	if number < 0 || number >= int64(len(states)) {
		return "", fmt.Errorf("unknown delivery state number %d in the database", number)
	}
	return states[number], nil
}

// encodeHeader writes fields as counted, length-prefixed bytes: header values
// are bytes, which JSON or TEXT would not keep. No fields are nil.
func encodeHeader(h http.Header) []byte {
	if len(h) == 0 {
		return nil
	}
	b := binary.AppendUvarint(make([]byte, 0, 512), uint64(len(h)))
	for name, values := range h {
		b = appendText(b, name)
		b = binary.AppendUvarint(b, uint64(len(values)))
		for _, value := range values {
			b = appendText(b, value)
		}
	}
	return b
}

func appendText(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

var errHeader = errors.New("header fields in the database are damaged")

// decodeHeader reads what [encodeHeader] wrote.
func decodeHeader(b []byte) (http.Header, error) {
	if len(b) == 0 {
		return nil, nil
	}
	d := headerDecoder{rest: b}
	fields := d.count()
	h := make(http.Header, fields)
	for range fields {
		name := d.text()
		values := make([]string, d.count())
		for i := range values {
			values[i] = d.text()
		}
		h[name] = values
	}
	if d.damaged || len(d.rest) != 0 || len(h) != fields {
		return nil, errHeader
	}
	return h, nil
}

type headerDecoder struct {
	rest    []byte
	damaged bool
}

// count reads a number, which cannot exceed the bytes that are left: every
// thing counted takes one at least.
func (d *headerDecoder) count() int {
	n, width := binary.Uvarint(d.rest)
	if width <= 0 || n > uint64(len(d.rest)-width) {
		d.damaged, d.rest = true, nil
		return 0
	}
	d.rest = d.rest[width:]
	return int(n)
}

func (d *headerDecoder) text() string {
	n := d.count()
	text := string(d.rest[:n])
	d.rest = d.rest[n:]
	return text
}
