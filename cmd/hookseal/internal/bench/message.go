package bench

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"hash"
	"strconv"
	"time"
)

// signingKey signs in both directions. It protects nothing.
const signingKey = "hookseal-bench-key"

// The head of each body: a type, which says where it goes, and a number.
const (
	bodyHead   = `{"type":"t00000","n":"000000000000","pad":"`
	typeAt     = len(`{"type":"t`)
	typeDigits = 5
	numberAt   = len(`{"type":"t00000","n":"`)
	digits     = 12
)

// letter writes webhooks as they go over the wire, each into the place of the one
// before. It belongs to one connection.
type letter struct {
	body      []byte
	endpoints int
	mac       hash.Hash
	wire, sum []byte
}

func newLetter(size, endpoints int) *letter {
	body := append([]byte(bodyHead), bytes.Repeat([]byte{'x'}, size-len(bodyHead)-2)...)
	return &letter{
		body: append(body, `"}`...), endpoints: endpoints,
		mac: hmac.New(sha256.New, []byte(signingKey)),
	}
}

// write returns the request for number n.
func (l *letter) write(n int64, now time.Time) []byte {
	number(l.body[typeAt:typeAt+typeDigits], n%int64(l.endpoints))
	number(l.body[numberAt:numberAt+digits], n)
	seconds := strconv.FormatInt(now.Unix(), 10)
	id := l.body[numberAt : numberAt+digits]

	l.mac.Reset()
	l.mac.Write(fmt.Appendf(l.sum[:0], "msg_%s.%s.", id, seconds))
	l.mac.Write(l.body)
	l.sum = l.mac.Sum(l.sum[:0])

	w := append(l.wire[:0], "POST /in/bench HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nWebhook-Id: msg_"...)
	w = append(append(w, id...), "\r\nWebhook-Timestamp: "...)
	w = append(append(w, seconds...), "\r\nWebhook-Signature: v1,"...)
	w = append(base64.StdEncoding.AppendEncode(w, l.sum), "\r\nContent-Length: "...)
	w = append(strconv.AppendInt(w, int64(len(l.body)), 10), "\r\n\r\n"...)
	l.wire = append(w, l.body...)
	return l.wire
}

// number writes n with leading zeros.
func number(to []byte, n int64) {
	for i := len(to) - 1; i >= 0; i-- {
		to[i] = byte('0' + n%10)
		n /= 10
	}
}

// numberOf reads the number of a body, -1 if it is none of ours.
func numberOf(body []byte) int64 {
	if len(body) < numberAt+digits {
		return -1
	}
	n, err := strconv.ParseInt(string(body[numberAt:numberAt+digits]), 10, 64)
	if err != nil {
		return -1
	}
	return n
}
