package bench_test

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// side verifies one message, and reports whether it held.
type side func(req *webhook.Request) bool

// rival is a vendor's library before the pack of the same provider.
type rival struct {
	name, pack, secret string
	// verify prepares the library for the secret, as a server would at its
	// start, and returns its check.
	verify func(b testing.TB, secret string) side
}

// ours prepares the pack in the same way. The clock is read in every call, as the
// libraries do.
func ours(b testing.TB, pack, secret string) (side, *scheme.Scheme, []webhook.Secret) {
	b.Helper()
	s, err := catalog.Load(pack)
	if err != nil {
		b.Fatal(err)
	}
	key, err := webhook.NewSecret("s", []byte(secret))
	if err != nil {
		b.Fatal(err)
	}
	secrets := []webhook.Secret{key}
	return func(req *webhook.Request) bool { return scheme.Verify(s, req, secrets, time.Now()).Accepted() }, s, secrets
}

// message is a request that both sides accept.
func message(b testing.TB, s *scheme.Scheme, secrets []webhook.Secret, size int) *webhook.Request {
	b.Helper()
	body := append([]byte(`{"type":"a.b","data":"`), bytes.Repeat([]byte("x"), size-24)...)
	req := &webhook.Request{
		Method: http.MethodPost, Scheme: "https", Host: "h", Target: "/", Header: http.Header{}, Body: append(body, `"}`...),
	}
	if err := scheme.Sign(s, req, scheme.Message{ID: "msg_1", Type: "a.b", Time: time.Now()}, secrets); err != nil {
		b.Fatal(err)
	}
	return req
}

var sizes = []int{200, 1 << 10, 16 << 10}

func BenchmarkAgainst(b *testing.B) {
	for _, r := range rivals() {
		for _, size := range sizes {
			b.Run(fmt.Sprintf("%s/%dB", r.name, size), func(b *testing.B) {
				mine, s, secrets := ours(b, r.pack, r.secret)
				theirs := r.verify(b, r.secret)
				compare(b, mine, theirs, message(b, s, secrets, size))
			})
		}
	}
}

// compare times the two sides in turn.
func compare(b *testing.B, mine, theirs side, req *webhook.Request) {
	var ratios, ourTimes, theirTimes []float64
	for b.Loop() {
		theirTime := stretch(b, theirs, req)
		ourTime := stretch(b, mine, req)
		ratios = append(ratios, ourTime/theirTime)
		ourTimes, theirTimes = append(ourTimes, ourTime), append(theirTimes, theirTime)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(percentile(ourTimes, 50), "ours-ns")
	b.ReportMetric(percentile(theirTimes, 50), "theirs-ns")
	b.ReportMetric(percentile(ratios, 50), "ratio")
	b.ReportMetric(percentile(ratios, 10), "ratio-p10")
	b.ReportMetric(percentile(ratios, 90), "ratio-p90")
	b.ReportMetric(testing.AllocsPerRun(100, func() { mine(req) }), "ours-allocs")
	b.ReportMetric(testing.AllocsPerRun(100, func() { theirs(req) }), "theirs-allocs")
}

const calls = 200

// stretch returns the nanoseconds of one call.
func stretch(b *testing.B, verify side, req *webhook.Request) float64 {
	start := time.Now()
	for range calls {
		if !verify(req) {
			b.Fatal("refused")
		}
	}
	return float64(time.Since(start).Nanoseconds()) / calls
}

func percentile(values []float64, p int) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)*p/100]
}

// Both sides refuse another body: what is compared is verification.
func TestBothSidesJudge(t *testing.T) {
	for _, r := range rivals() {
		mine, s, secrets := ours(t, r.pack, r.secret)
		theirs := r.verify(t, r.secret)
		req := message(t, s, secrets, 200)
		changed := *req
		changed.Body = append(bytes.Clone(req.Body), ' ')
		for name, verify := range map[string]side{"hookseal": mine, r.name: theirs} {
			if !verify(req) || verify(&changed) {
				t.Errorf("%s on %s: signed = %v, changed = %v, want true, false", name, r.pack, verify(req), verify(&changed))
			}
		}
	}
}
