package engine_test

import (
	"bytes"
	"compress/gzip"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

func pitfallsOfBodies() []pitfall {
	return []pitfall{
		{7, "a body is cut off before anything is computed of it", largeBody},
		{20, "the bytes are signed, not what they mean", bytesOfTheBody},
		{21, "nothing is escaped and nothing unescaped", escapes},
		{23, "numbers are written anew as ECMAScript does, or not at all", numbersAnew},
		{24, "a line break at the end is part of the body", lastLineBreak},
		{25, "a compressed body is judged as it came", compressedBody},
		{56, "line breaks stay as they came", lineBreaks},
	}
}

// zeros counts what is read of it.
type zeros struct{ left, read int64 }

func (z *zeros) Read(p []byte) (int, error) {
	n := min(int64(len(p)), z.left)
	clear(p[:n])
	z.left -= n
	z.read += n
	if n == 0 {
		return 0, io.EOF
	}
	return int(n), nil
}

func largeBody(t *testing.T) {
	const size, limit = 1 << 30, 1 << 20
	g := gateTo(t, "github", "key")
	for name, h := range map[string]http.Handler{"intake": g.intake, "middleware": g.guard, "sub-request": g.asked} {
		for _, length := range []int64{size, -1} {
			body := &zeros{left: size}
			r := httptest.NewRequest("POST", "/in/in", body)
			r.ContentLength = length
			r.Header.Set("X-Hub-Signature-256", "sha256="+strings.Repeat("0", 64))
			w := httptest.NewRecorder()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			h.ServeHTTP(w, r)
			runtime.ReadMemStats(&after)
			if w.Code != http.StatusRequestEntityTooLarge || body.read > limit+1 || length > 0 && body.read > 0 {
				t.Errorf("%s, length %d: %d after %d bytes, want 413 after at most %d", name, length, w.Code, body.read, limit+1)
			}
			if took := after.TotalAlloc - before.TotalAlloc; took > 4*limit {
				t.Errorf("%s, length %d: %d bytes are allocated, want at most %d", name, length, took, 4*limit)
			}
		}
	}
	if n := g.stored(); n != 0 || g.passed != 0 {
		t.Errorf("%d events are stored and %d requests passed on, want none", n, g.passed)
	}
}

func hubHeader(body string) []string {
	return []string{"X-Hub-Signature-256", "sha256=" + macHex("key", body)}
}

func bytesOfTheBody(t *testing.T) {
	g := gateTo(t, "github", "key")
	for _, body := range []string{
		`{"a":"\u001B"}`, `{"a":"\u001b"}`, `{"a":"\/"}`, `{"a":"🎉"}`, `{"a":1.0}`, `{"b":1,"a":2}`, `{"2":1,"1":2}`, `{"a":1,"a":2}`,
		` {"a" : 1 } `, `{"a":1e2}`, `{"a":"\ud800"}`, "{\"a\":\"\xff\"}", "\ufeff{}", "\x00", "", "no JSON", `{"a":9007199254740993}`,
	} {
		want(t, body, g.post(body, hubHeader(body)...), accepted)
		if ev := g.last(); ev != body {
			t.Errorf("%q is stored as %q", body, ev)
		}
	}
	for sent, signed := range map[string]string{
		`{"a":"\u001B"}`: `{"a":"\u001b"}`, `{"a":"\/"}`: `{"a":"/"}`, `{"a":1.0}`: `{"a":1}`, `{"b":1,"a":2}`: `{"a":2,"b":1}`, ` {}`: `{}`, `{"a":1,"a":2}`: `{"a":2}`, "\ufeff{}": "{}",
	} {
		want(t, sent, g.post(sent, hubHeader(signed)...), webhook.SignatureMismatch)
	}
}

// last is the body of the latest event.
func (g *gate) last() string {
	g.t.Helper()
	found, err := g.eng.Store().Events(g.t.Context(), store.EventQuery{Limit: 1})
	if err != nil || len(found) != 1 {
		g.t.Fatalf("%d events, %v", len(found), err)
	}
	ev, err := g.eng.Store().Event(g.t.Context(), found[0].ID)
	if err != nil {
		g.t.Fatal(err)
	}
	return string(ev.Body)
}

// Box signs what it sends, whichever of the two it is.
func escapes(t *testing.T) {
	g := gateTo(t, "box", "key")
	at := time.Now().UTC().Format(time.RFC3339)
	plain, escaped := `{"name":"grüße – 名前"}`, `{"name":"gr\u00fc\u00dfe \u2013 \u540d\u524d"}`
	send := func(sent, signed string) webhook.Reason {
		return g.post(sent, "BOX-DELIVERY-TIMESTAMP", at, "BOX-SIGNATURE-PRIMARY", macBase64("key", signed+at))
	}
	want(t, "as it is", send(plain, plain), accepted)
	want(t, "escaped", send(escaped, escaped), accepted)
	want(t, "as it is, signed escaped", send(plain, escaped), webhook.SignatureMismatch)
	want(t, "escaped, signed as it is", send(escaped, plain), webhook.SignatureMismatch)
}

func numbersAnew(t *testing.T) {
	anew, raw := gateTo(t, "chaindoc", "key"), gateTo(t, "github", "key")
	for number, written := range map[string]string{
		"12.0": "12", "1e21": "1e+21", "-0": "0", "1.50": "1.5", "123456789012345680000": "123456789012345680000",
		"0.0000001": "1e-7", "1E400": "null", "9007199254740993": "9007199254740992",
	} {
		sent, signed := `{"event": "a", "weight": `+number+`}`, `{"event":"a","weight":`+written+`}`
		want(t, sent, anew.post(sent, "X-Webhook-Signature", macHex("key", signed)), accepted)
		want(t, sent+" by its bytes", raw.post(sent, hubHeader(signed)...), webhook.SignatureMismatch)
		want(t, sent+" by its bytes", raw.post(sent, hubHeader(sent)...), accepted)
		if written != number {
			left := `{"event":"a","weight":` + number + `}`
			want(t, sent+" with its number left", anew.post(sent, "X-Webhook-Signature", macHex("key", left)), webhook.SignatureMismatch)
		}
	}
}

func lastLineBreak(t *testing.T) {
	g := gateTo(t, "github", "key")
	for _, end := range []string{"\r\n", "\n", "\n\n", " ", "\x00"} {
		want(t, "{}"+end, g.post("{}"+end, hubHeader("{}"+end)...), accepted)
		want(t, "{} signed without its end", g.post("{}"+end, hubHeader("{}")...), webhook.SignatureMismatch)
		want(t, "{} signed with an end", g.post("{}", hubHeader("{}"+end)...), webhook.SignatureMismatch)
	}
	// Braintree signs its payload with or without the line break at its end.
	braintree := gateOf(t, engine.Config{}, engine.Source{
		Provider: "braintree", Secrets: webhook.Secrets{key(t, "key")}, AllowUncoveredBody: true, Settings: map[string]string{"public_key": "pub"},
	})
	payload := base64.StdEncoding.EncodeToString([]byte("<notification/>"))
	for _, sent := range []string{payload, payload + "\n"} {
		for _, signed := range []string{payload, payload + "\n"} {
			expected := accepted
			if sent != payload && signed == payload {
				expected = webhook.SignatureMismatch
			}
			hashed := sha1.Sum([]byte("key"))
			m := hmac.New(sha1.New, hashed[:])
			m.Write([]byte(signed))
			form := url.Values{"bt_signature": {"pub|" + hex.EncodeToString(m.Sum(nil))}, "bt_payload": {sent}}
			want(t, "Braintree", braintree.post(form.Encode(), "Content-Type", "application/x-www-form-urlencoded"), expected)
		}
	}
}

func compressedBody(t *testing.T) {
	const limit = 1 << 20
	g := gateTo(t, "github", "key")
	plain := `{"a":"` + strings.Repeat("0", 64<<20) + `"}`
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := io.WriteString(z, plain); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got := g.post(packed.String(), append(hubHeader(packed.String()), "Content-Encoding", "gzip")...)
	runtime.ReadMemStats(&after)
	want(t, "the bytes that came", got, accepted)
	if g.last() != packed.String() {
		t.Error("what is stored is not what came")
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > 16*limit {
		t.Errorf("%d bytes are allocated for %d that unpack to %d", took, packed.Len(), len(plain))
	}
	want(t, "what they unpack to", g.post(packed.String(), append(hubHeader(plain), "Content-Encoding", "gzip")...), webhook.SignatureMismatch)
	// Somebody before us has unpacked it, and left the field where it was.
	want(t, "unpacked before", g.post(`{"a":1}`, append(hubHeader(`{"a":1}`), "Content-Encoding", "gzip")...), accepted)
}

func lineBreaks(t *testing.T) {
	g := gateTo(t, "github", "key")
	breaks := []string{"{\n}", "{\r\n}", "{\r}", "{\u2028}", "{\r\n}\n"}
	for _, sent := range breaks {
		for _, signed := range breaks {
			expected := webhook.SignatureMismatch
			if sent == signed {
				expected = accepted
			}
			want(t, sent, g.post(sent, hubHeader(signed)...), expected)
		}
	}
}
