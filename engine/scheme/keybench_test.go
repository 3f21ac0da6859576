package scheme_test

import (
	"testing"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// BenchmarkVerifyPair times one verification of 1 KB under a public key that the
// scheme has seen before.
func BenchmarkVerifyPair(b *testing.B) {
	body := string(make([]byte, 1024))
	for _, tt := range pairAlgorithms {
		b.Run(string(tt.algorithm), func(b *testing.B) {
			s := overBody(b, tt.algorithm, tt.step, "hex")
			req := bearing(body, signBy(b, s, secret(b, "private", tt.key), body))
			keys := []webhook.Secret{secret(b, "public", publicPart(tt.key))}
			b.ReportAllocs()
			for b.Loop() {
				if !scheme.Verify(s, req, keys, now).Accepted() {
					b.Fatal("refused")
				}
			}
		})
	}
}

// A verification reads no key: what it allocates is what the library allocates for
// the arithmetic, which for the largest key is far less than reading the key does.
func TestVerifyReadsTheKeyOnce(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector empties pools at random")
	}
	for _, tt := range pairAlgorithms {
		s := overBody(t, tt.algorithm, tt.step, "hex")
		req := bearing("body", signBy(t, s, secret(t, "private", tt.key), "body"))
		keys := []webhook.Secret{secret(t, "public", publicPart(tt.key))}
		warm := testing.AllocsPerRun(20, func() { scheme.Verify(s, req, keys, now) })
		cold := testing.AllocsPerRun(20, func() {
			scheme.Verify(s, req, []webhook.Secret{secret(t, "public", publicPart(tt.key))}, now)
		})
		if warm*2 > cold || warm > 40 {
			t.Errorf("%s: %v allocations with a known key, %v with a new one", tt.algorithm, warm, cold)
		}
	}
}
