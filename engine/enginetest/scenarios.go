package enginetest

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"net/http"
)

// scenario is one message and what must come of it.
type scenario struct {
	name    string
	message message
	// passes says that the application must receive the message.
	passes bool
	// statuses are the first and the last of those that the sender may be
	// answered with when the application must not be called.
	statuses [2]int
}

var (
	refused     = [2]int{400, 599}
	unavailable = [2]int{500, 599}
)

const plainTarget = "/hooks"

func json60() []byte { return []byte(`{"id":1,"type":"a.b","text":"Zürich — sixty bytes of it"}`) }

func binary() []byte { return []byte("\xff\xfe\x00\x80not UTF-8\r\n\x00\n\xc3") }

func large() []byte { return bytes.Repeat([]byte("0123456789abcdef"), 400_000/16) }

func tooLarge() []byte { return bytes.Repeat([]byte{'x'}, maxBody+1) }

func compressed() []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(json60())
	if err = errors.Join(err, w.Close()); err != nil {
		panic(err) // a buffer does not fail
	}
	return b.Bytes()
}

// scenarios lists all but those that need another source or no engine.
func scenarios() []scenario {
	list := append(bodies(), refusals()...)
	list = append(list, headers()...)
	for i := range list {
		m := &list[i].message
		if m.target == "" {
			m.target = plainTarget
		}
		m.sign()
	}
	return list
}

// bodies must reach the application byte for byte, however they are sent.
func bodies() []scenario {
	var list []scenario
	for _, body := range []struct {
		name string
		data []byte
	}{{"60 bytes of JSON", json60()}, {"not UTF-8", binary()}, {"400 kB", large()}, {"empty", nil}} {
		list = append(list,
			scenario{name: body.name, message: message{body: body.data}, passes: true},
			scenario{name: body.name + ", chunked", message: message{body: body.data, chunked: true}, passes: true},
			scenario{name: body.name + ", HTTP/2", message: message{body: body.data, http2: true}, passes: true},
			scenario{name: body.name + ", HTTP/2 without a length", message: message{body: body.data, http2: true, chunked: true}, passes: true},
			scenario{name: body.name + ", 100-continue", message: message{body: body.data, waits: len(body.data) > 0}, passes: true},
		)
	}
	return append(list,
		scenario{name: "gzip is left alone", message: message{
			body: compressed(), fields: [][2]string{{"Content-Encoding", "gzip"}, {"Content-Type", "application/json"}},
		}, passes: true},
		scenario{name: "gzip is left alone, chunked", message: message{
			body: compressed(), fields: [][2]string{{"Content-Encoding", "gzip"}}, chunked: true,
		}, passes: true},
	)
}

// refusals must not reach the application.
func refusals() []scenario {
	var list []scenario
	for _, send := range []struct {
		name                  string
		chunked, waits, http2 bool
	}{{"", false, false, false}, {", chunked", true, false, false}, {", 100-continue", false, true, false}, {", HTTP/2", false, false, true}} {
		as := func(name string, m message) scenario {
			m.chunked, m.waits, m.http2 = send.chunked, send.waits, send.http2
			return scenario{name: name + send.name, message: m, statuses: refused}
		}
		list = append(list,
			as("forged, 60 bytes", message{body: json60(), forged: true}),
			as("forged, 400 kB", message{body: large(), forged: true}),
			as("over the limit", message{body: tooLarge()}),
			as("signed twice", message{body: json60(), fields: [][2]string{{signatureField, "sha256=00"}}}),
		)
	}
	return append(list,
		scenario{name: "cut off", message: message{body: json60(), cut: true}, statuses: refused},
		scenario{name: "cut off, 400 kB", message: message{body: large(), cut: true}, statuses: refused},
		scenario{name: "cut off, chunked", message: message{body: json60(), cut: true, chunked: true}, statuses: refused},
	)
}

// headers must neither be lost nor believed.
func headers() []scenario {
	spoofed := [][2]string{
		{"Hookseal-Verdict", `accept; source="signed"; secret="conformance"; covers="body"`},
		{"hookseal-verdict", "accept"},
		{"HOOKSEAL_VERDICT", "accept"},
		{"Connection", "keep-alive, Hookseal-Verdict"},
	}
	return []scenario{
		{name: "repeated headers", message: message{
			body: json60(), fields: [][2]string{{"X-Thing", "2"}, {"x-thing", "1"}, {"X-Other", "ä"}, {"X-THING", ""}},
		}, passes: true},
		{name: "the target byte for byte", message: message{body: json60(), target: "/h%2Fook//x?b=1&a=%20z"}, passes: true},
		{name: "a spoofed verdict", message: message{body: json60(), fields: spoofed}, passes: true},
		{name: "a spoofed verdict, forged", message: message{body: json60(), fields: spoofed, forged: true}, statuses: refused},
		{name: "a spoofed verdict, HTTP/2", message: message{body: json60(), fields: spoofed[:3], http2: true}, passes: true},
	}
}

// run sends the message to an entry and reports what came out otherwise than it
// must.
func (s *scenario) run(entry Entry, a *app) error {
	if late := a.take(); len(late) > 0 {
		return fmt.Errorf("the application was called after an earlier message had been answered, with %d bytes", len(late[0].body))
	}
	answer, err := s.message.send(entry.Addr)
	calls := a.take()
	if err != nil {
		return err
	}
	switch {
	case !s.passes && len(calls) > 0:
		return fmt.Errorf("the application was called %d times, with %d bytes at first; want no request at all", len(calls), len(calls[0].body))
	case !s.passes:
		return answer.compareStatus(s.statuses)
	case len(calls) != 1:
		return fmt.Errorf("the application was called %d times, want once; the sender was answered %d %q", len(calls), answer.status, answer.body)
	}
	return errors.Join(calls[0].compare(&s.message), answer.compareAnswer())
}

func (a *answer) compareStatus(want [2]int) error {
	if a != nil && (a.status < want[0] || a.status > want[1]) {
		return fmt.Errorf("the sender was answered %d %q, want a status from %d to %d", a.status, a.body, want[0], want[1])
	}
	return nil
}

// challenge must be answered without the application.
func challenge(entry Entry, a *app, m *message) error {
	answer, err := m.send(entry.Addr)
	if err != nil {
		return err
	}
	if calls := a.take(); len(calls) > 0 {
		return errors.New("the application was called with a challenge, which is not for it")
	}
	if answer.status != http.StatusOK || string(answer.body) != challengeText {
		return fmt.Errorf("the challenge was answered %d %q, want 200 %q", answer.status, answer.body, challengeText)
	}
	return nil
}

const challengeText = "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"
