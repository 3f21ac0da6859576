package netguard_test

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
)

// zone answers the names of a test; it is called for every question.
type zone func(name string) []netip.Addr

// resolver returns the system's own resolver code over a DNS server in memory,
// so that what is tested is how Go treats a name, hosts file included.
func (z zone) resolver(t *testing.T) *net.Resolver {
	t.Helper()
	return &net.Resolver{
		PreferGo: true,
		Dial: func(context.Context, string, string) (net.Conn, error) {
			client, server := net.Pipe()
			go z.serve(server)
			return client, nil
		},
	}
}

// serve answers questions in the framing of DNS over TCP (RFC 1035, 4.2.2)
// until the client hangs up.
func (z zone) serve(conn net.Conn) {
	defer conn.Close()
	for {
		var size [2]byte
		if _, err := io.ReadFull(conn, size[:]); err != nil {
			return
		}
		query := make([]byte, binary.BigEndian.Uint16(size[:]))
		if _, err := io.ReadFull(conn, query); err != nil {
			return
		}
		reply := z.answer(query)
		if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(reply))), reply...)); err != nil {
			return
		}
	}
}

// answer builds the reply to a query with one question (RFC 1035, 4.1).
func (z zone) answer(query []byte) []byte {
	const header, typeA, typeAAAA = 12, 1, 28
	var labels []string
	at := header
	for query[at] != 0 {
		size := int(query[at])
		labels = append(labels, string(query[at+1:at+1+size]))
		at += 1 + size
	}
	kind := binary.BigEndian.Uint16(query[at+1:])
	question := query[header : at+5]

	var answers []byte
	count := 0
	for _, addr := range z(strings.Join(labels, ".")) {
		if (kind == typeA) != addr.Is4() || (kind != typeA && kind != typeAAAA) {
			continue
		}
		raw := addr.AsSlice()
		answers = append(answers, 0xC0, header) // the name, by pointer
		answers = binary.BigEndian.AppendUint16(answers, kind)
		answers = append(answers, 0, 1, 0, 0, 0, 0) // class IN, TTL 0
		answers = binary.BigEndian.AppendUint16(answers, uint16(len(raw)))
		answers = append(answers, raw...)
		count++
	}

	reply := append([]byte{query[0], query[1], 0x81, 0x80, 0, 1, 0, byte(count), 0, 0, 0, 0}, question...)
	return append(reply, answers...)
}
