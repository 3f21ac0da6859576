//go:build unix

package host_test

import (
	"context"
	"errors"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi/host"
)

// perLanguage runs a benchmark with one of the examples that every SDK has.
func perLanguage(b *testing.B, example string, bench func(b *testing.B, code webhook.GuestCode)) {
	for _, language := range []string{"c", "rust", "assemblyscript"} {
		b.Run(language, func(b *testing.B) { bench(b, committed(b, language, example)) })
	}
	b.Run("go", func(b *testing.B) { bench(b, buildGo(b, "wasm-build/go/"+example)) })
}

// people is a JSON body of a size, with one member of each hundred bytes to redact.
func people(size int) string {
	const one = `{"name":"Ada Example","email":"ada@customers.example","city":"Zürich","tags":["a","b"],"age":36},`
	n := max(1, (size-4)/len(one))
	body := "[" + strings.Repeat(one, n)
	return body + strings.Repeat(" ", max(0, size-len(body)-3)) + "{}]"
}

// processorTime is what the process has used. Unlike the time of the wall it means
// something on a machine that does other work as well.
func processorTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// loop calls run and reports the processor time of one call as cpu-ns/op.
func loop(b *testing.B, run func() error) {
	start := processorTime(b)
	for b.Loop() {
		if err := run(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(processorTime(b)-start)/float64(b.N), "cpu-ns/op")
}

// BenchmarkSDKTransform gives the table of docs/guests.md, and the others of this
// file the figures around it.
func BenchmarkSDKTransform(b *testing.B) {
	perLanguage(b, "redact", func(b *testing.B, code webhook.GuestCode) {
		g := load(b, code)
		for _, size := range []struct {
			name  string
			bytes int
		}{{"1KB", 1 << 10}, {"16KB", 16 << 10}, {"64KB", 64 << 10}, {"1MB", 1 << 20}} {
			b.Run(size.name, func(b *testing.B) {
				ev, tc := event(people(size.bytes)), members("email,phone")
				loop(b, func() error {
					_, err := g.Transform(b.Context(), ev, tc)
					return err
				})
			})
		}
	})
}

func BenchmarkSDKClaim(b *testing.B) {
	perLanguage(b, "standard-webhooks", func(b *testing.B, code webhook.GuestCode) {
		g := load(b, code)
		req := request(kilobyte(), map[string][]string{
			"Webhook-Id": {"msg_1"}, "Webhook-Timestamp": {"1767323045"}, "Webhook-Signature": {"v1,AAAA"},
		})
		loop(b, func() error {
			_, err := g.Claim(b.Context(), req, nil)
			return err
		})
	})
}

// BenchmarkSDKLoad compiles a module and makes it ready for its first call.
func BenchmarkSDKLoad(b *testing.B) {
	perLanguage(b, "redact", func(b *testing.B, code webhook.GuestCode) {
		loop(b, func() error {
			g, err := host.Loader{Instances: 1}.Load(b.Context(), code)
			if err != nil {
				return err
			}
			return g.Close(context.Background())
		})
	})
}

// BenchmarkSDKCachedLoad is a load of what a cache holds already.
func BenchmarkSDKCachedLoad(b *testing.B) {
	perLanguage(b, "redact", func(b *testing.B, code webhook.GuestCode) {
		l := host.Loader{Cache: b.TempDir() + "/cache"}
		loadAndClose := func() error {
			g, err := l.Load(b.Context(), code)
			if err != nil {
				return err
			}
			return g.Close(b.Context())
		}
		if err := loadAndClose(); err != nil {
			b.Fatal(err)
		}
		loop(b, loadAndClose)
	})
}

// BenchmarkSDKFreshInstance is a call with nothing to redact after one that failed,
// so that the module has to be started anew: both together.
func BenchmarkSDKFreshInstance(b *testing.B) {
	perLanguage(b, "redact", func(b *testing.B, code webhook.GuestCode) {
		g, err := host.Loader{Instances: 1}.Load(b.Context(), code)
		if err != nil {
			b.Fatal(err)
		}
		defer g.Close(context.Background())
		fails, follows, tc := event(""), event("{}"), members("email,phone")
		loop(b, func() error {
			if _, err := g.Transform(b.Context(), fails, tc); err == nil {
				return errors.New("a body that is not JSON was taken")
			}
			_, err := g.Transform(b.Context(), follows, tc)
			return err
		})
	})
}
