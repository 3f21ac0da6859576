package scheme_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

const standardKey = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"

func standard(t testing.TB) *scheme.Scheme {
	return compile(t, scheme.Definition{
		Algorithm: "hmac-sha256", Key: "strip:whsec_ | base64",
		Signature: scheme.SignatureDef{Header: scheme.List{"webhook-signature"}, Parse: "list", Take: "v1", Encoding: scheme.List{"base64"}},
		Message:   scheme.MessageDef{{Text: "{header.webhook-id}.{header.webhook-timestamp}.{body}"}},
		Time:      &scheme.TimeDef{From: "{header.webhook-timestamp}", Unit: scheme.List{"s"}, Tolerance: "5m"},
	}, scheme.EventDef{ID: "{header.webhook-id}", Type: "{json.type}", Dedup: "id"})
}

// handRaw is what one would write by hand for X-Sig: sha256=<hex>.
func handRaw(h http.Header, body, key []byte) error {
	text, ok := strings.CutPrefix(h.Get("X-Sig"), "sha256=")
	if !ok {
		return errors.New("no signature")
	}
	sent, err := hex.DecodeString(text)
	if err != nil {
		return err
	}
	mac := hmac.New(sha256.New, key)
	mac.Write(body)
	if !hmac.Equal(mac.Sum(nil), sent) {
		return errors.New("mismatch")
	}
	return nil
}

// handStandard is what one would write by hand for Standard Webhooks, the key
// decoded beforehand.
func handStandard(h http.Header, body, key []byte, now time.Time) error {
	id, at := h.Get("Webhook-Id"), h.Get("Webhook-Timestamp")
	seconds, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		return err
	}
	if d := now.Sub(time.Unix(seconds, 0)); d > 5*time.Minute || d < -5*time.Minute {
		return errors.New("time")
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + at + "."))
	mac.Write(body)
	sum := mac.Sum(nil)
	for item := range strings.SplitSeq(h.Get("Webhook-Signature"), " ") {
		version, text, _ := strings.Cut(item, ",")
		if version != "v1" {
			continue
		}
		sent, err := base64.StdEncoding.DecodeString(text)
		if err == nil && hmac.Equal(sum, sent) {
			return nil
		}
	}
	return errors.New("mismatch")
}

// BenchmarkVerify compares a compiled scheme with the same check written by
// hand, 1 KB body, in one run.
func BenchmarkVerify(b *testing.B) {
	body := string(bytes.Repeat([]byte("0123456789abcdef"), 64))
	raw := compile(b, rawBody("X-Sig"), scheme.EventDef{})
	rawReq, rawSecrets := signed(b, raw, body), []webhook.Secret{secret(b, "s", "key")}
	std := standard(b)
	stdSecrets := []webhook.Secret{secret(b, "s", standardKey)}
	stdReq := &webhook.Request{Header: http.Header{}, Body: []byte(body)}
	if err := scheme.Sign(std, stdReq, scheme.Message{ID: "msg_1", Time: now}, stdSecrets); err != nil {
		b.Fatal(err)
	}
	stdKey, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(standardKey, "whsec_"))
	if err != nil {
		b.Fatal(err)
	}
	run := func(name string, f func() bool) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if !f() {
					b.Fatal("refused")
				}
			}
		})
	}
	pairs := func(name string, hand, ours func() bool) {
		b.Run(name, func(b *testing.B) {
			var ratios []float64
			for b.Loop() {
				ratios = append(ratios, float64(clock(b, ours))/float64(clock(b, hand)))
			}
			slices.Sort(ratios)
			b.ReportMetric(ratios[len(ratios)/2], "ratio")
			b.ReportMetric(ratios[len(ratios)/10], "ratio-p10")
			b.ReportMetric(ratios[len(ratios)*9/10], "ratio-p90")
		})
	}
	pairs("raw/pairs",
		func() bool { return handRaw(rawReq.Header, rawReq.Body, []byte("key")) == nil },
		func() bool { return scheme.Verify(raw, rawReq, rawSecrets, now).Accepted() })
	pairs("standard/pairs",
		func() bool { return handStandard(stdReq.Header, stdReq.Body, stdKey, now) == nil },
		func() bool { return scheme.Verify(std, stdReq, stdSecrets, now).Accepted() })
	run("raw/hand", func() bool { return handRaw(rawReq.Header, rawReq.Body, []byte("key")) == nil })
	run("raw/scheme", func() bool { return scheme.Verify(raw, rawReq, rawSecrets, now).Accepted() })
	run("standard/hand", func() bool { return handStandard(stdReq.Header, stdReq.Body, stdKey, now) == nil })
	run("standard/scheme", func() bool { return scheme.Verify(std, stdReq, stdSecrets, now).Accepted() })
}

// clock times a short stretch, so that two of them see the same machine.
func clock(b *testing.B, f func() bool) time.Duration {
	start := time.Now()
	for range 200 {
		if !f() {
			b.Fatal("refused")
		}
	}
	return time.Since(start)
}

// Verification allocates nothing beyond what the check by hand does.
func TestVerifyAllocations(t *testing.T) {
	raw, std := compile(t, rawBody("X-Sig"), scheme.EventDef{}), standard(t)
	body := strings.Repeat("x", 1024)
	rawReq, rawSecrets := signed(t, raw, body), []webhook.Secret{secret(t, "s", "key")}
	stdReq, stdSecrets := &webhook.Request{Header: http.Header{}, Body: []byte(body)}, []webhook.Secret{secret(t, "s", standardKey)}
	if err := scheme.Sign(std, stdReq, scheme.Message{ID: "msg_1", Time: now}, stdSecrets); err != nil {
		t.Fatal(err)
	}
	key := bytes.Repeat([]byte("k"), 24)
	for name, pair := range map[string][2]func(){
		"raw": {
			func() { _ = handRaw(rawReq.Header, rawReq.Body, []byte("key")) },
			func() { scheme.Verify(raw, rawReq, rawSecrets, now) },
		},
		"standard": {
			func() { _ = handStandard(stdReq.Header, stdReq.Body, key, now) },
			func() { scheme.Verify(std, stdReq, stdSecrets, now) },
		},
	} {
		hand, ours := testing.AllocsPerRun(200, pair[0]), testing.AllocsPerRun(200, pair[1])
		if raceEnabled {
			continue // the race detector empties pools at random
		}
		if ours > hand {
			t.Errorf("%s: Verify allocates %v times, by hand %v", name, ours, hand)
		}
	}
}

// BenchmarkSign signs 1 KB under Standard Webhooks.
func BenchmarkSign(b *testing.B) {
	std, secrets := standard(b), []webhook.Secret{secret(b, "s", standardKey)}
	body := bytes.Repeat([]byte("0123456789abcdef"), 64)
	b.ReportAllocs()
	for b.Loop() {
		req := &webhook.Request{Header: http.Header{"Content-Type": {"application/json"}}, Body: body}
		if err := scheme.Sign(std, req, scheme.Message{ID: "msg_1", Type: "t", Time: now}, secrets); err != nil {
			b.Fatal(err)
		}
	}
}
