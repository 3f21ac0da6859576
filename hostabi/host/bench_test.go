package host_test

import (
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/webhook"
)

// kilobyte is a JSON body of 1,024 bytes.
func kilobyte() string {
	const head, tail = `{"event":"document.signed","name":"`, `"}`
	return head + strings.Repeat("x", 1024-len(head)-len(tail)) + tail
}

func benchmarkClaim(b *testing.B, code webhook.GuestCode, header map[string][]string) {
	g := load(b, code)
	req := request(kilobyte(), header)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := g.Claim(b.Context(), req, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func benchmarkTransform(b *testing.B, code webhook.GuestCode, body string) {
	g := load(b, code)
	ev := event(body)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := g.Transform(b.Context(), ev, webhook.TransformContext{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkClaimC(b *testing.B) {
	benchmarkClaim(b, shipped(b, "chaindoc-rule"), map[string][]string{"X-Webhook-Signature": {"00"}})
}

func BenchmarkClaimGo(b *testing.B) {
	benchmarkClaim(b, buildGo(b, "wasm-build/go/standard-webhooks"), map[string][]string{
		"Webhook-Id": {"1"}, "Webhook-Timestamp": {"1"}, "Webhook-Signature": {"v1,AA=="},
	})
}

func BenchmarkTransformC(b *testing.B) { benchmarkTransform(b, shipped(b, "envelope"), kilobyte()) }

func BenchmarkTransformGo(b *testing.B) {
	benchmarkTransform(b, buildGo(b, "wasm-build/go/fanout"), "["+kilobyte()+"]")
}

// BenchmarkFreshInstance is a guest whose state cannot be put back.
func BenchmarkFreshInstance(b *testing.B) {
	module := assemble(types("i"), functions(0), tableOfOne(), exports("transform", 0),
		code("\x41\x00\x25\x00\xd1\x45\x41\x00\xd2\x00\x26\x00\x0b"))
	benchmarkTransform(b, webhook.GuestCode{Name: "fresh", Code: module, Limits: patient}, "{}")
}
