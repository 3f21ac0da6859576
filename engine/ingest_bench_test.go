package engine_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/webhook"
)

// BenchmarkIngest drives the intake over real connections with signed bodies of
// 1 KB, each of them another event with one delivery, and beside it a handler
// that reads the body and answers 202. The two take turns; the ratio is the
// median over the pairs. The client signs every request, which both pay for.
func BenchmarkIngest(b *testing.B) {
	for _, connections := range []int{64, 512} {
		b.Run(fmt.Sprintf("connections=%d", connections), func(b *testing.B) {
			durable := listen(b, intake(b))
			bare := listen(b, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if _, err := io.ReadAll(r.Body); err != nil {
					b.Error(err)
				}
				w.WriteHeader(http.StatusAccepted)
			}))
			ours, theirs := dial(b, durable, connections), dial(b, bare, connections)
			var ratios, rates, bareRates []float64
			for b.Loop() {
				for range 9 {
					d, n := ours.drive(b, time.Second), theirs.drive(b, time.Second)
					rates, bareRates = append(rates, d), append(bareRates, n)
					ratios = append(ratios, d/n)
				}
			}
			b.ReportMetric(median(rates), "events/s")
			b.ReportMetric(median(bareRates), "bare-requests/s")
			b.ReportMetric(median(ratios), "ratio")
			b.ReportMetric(slices.Min(ratios), "ratio-min")
			b.ReportMetric(slices.Max(ratios), "ratio-max")
			b.ReportMetric(float64(fsyncLatency(b).Microseconds()), "fsync-µs")
		})
	}
}

func intake(b *testing.B) http.Handler {
	return open(b, engine.Config{
		Sources:       map[string]engine.Source{"s": {Provider: "qualifio", Secrets: webhook.Secrets{key(b, "key")}}},
		Endpoints:     map[string]engine.Endpoint{"e": {URL: "https://example.com", Sign: engine.NoVerification}},
		Subscriptions: []engine.Subscription{{Source: "s", Endpoint: "e"}},
		Store:         openStore(b), Limits: engine.Limits{BytesInFlight: 1 << 30},
	}).Handler()
}

func listen(b *testing.B, h http.Handler) string {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- engine.Serve(ctx, ln, h, engine.ServerLimits{ShutdownGrace: time.Second}, slog.New(slog.DiscardHandler))
	}()
	b.Cleanup(func() {
		cancel()
		<-done
	})
	return ln.Addr().String()
}

// driver sends requests over a fixed number of connections.
type driver struct {
	conns []net.Conn
	count atomic.Int64
}

func dial(b *testing.B, addr string, n int) *driver {
	d := &driver{}
	for range n {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { conn.Close() })
		d.conns = append(d.conns, conn)
	}
	return d
}

// drive sends for a while and returns the answers per second.
func (d *driver) drive(b *testing.B, long time.Duration) float64 {
	start, before := time.Now(), d.count.Load()
	var wg sync.WaitGroup
	for _, conn := range d.conns {
		wg.Go(func() {
			if err := d.send(conn, start.Add(long)); err != nil {
				b.Error(err)
			}
		})
	}
	wg.Wait()
	return float64(d.count.Load()-before) / time.Since(start).Seconds()
}

var serial atomic.Int64

func (d *driver) send(conn net.Conn, until time.Time) error {
	body := bytes.Repeat([]byte{'x'}, 1024)
	answers := bufio.NewReaderSize(conn, 1024)
	mac := hmac.New(sha256.New, []byte("key"))
	var out []byte
	for time.Now().Before(until) {
		strconv.AppendInt(body[:0], serial.Add(1), 10)
		mac.Reset()
		mac.Write(body)
		out = append(out[:0], "POST /in/s HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 1024\r\nX-Qualifio-Signature: sha256="...)
		out = hex.AppendEncode(out, mac.Sum(nil))
		out = append(append(out, "\r\n\r\n"...), body...)
		if _, err := conn.Write(out); err != nil {
			return err
		}
		if err := readAnswer(answers); err != nil {
			return err
		}
		d.count.Add(1)
	}
	return nil
}

// readAnswer reads one answer without a body, and reports any but 202.
func readAnswer(r *bufio.Reader) error {
	status, err := r.ReadSlice('\n')
	if err != nil {
		return err
	}
	if !bytes.Contains(status, []byte(" 202 ")) {
		return fmt.Errorf("answer %q", status)
	}
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(line) <= 2 {
			return nil
		}
	}
}

func median(list []float64) float64 {
	list = slices.Sorted(slices.Values(list))
	return list[len(list)/2]
}

// fsyncLatency is what one write of 4 KiB and its fsync cost on this disk.
func fsyncLatency(b *testing.B) time.Duration {
	f, err := os.Create(filepath.Join(b.TempDir(), "fsync"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	var times []float64
	for range 101 {
		start := time.Now()
		if _, err := f.Write(make([]byte, 4096)); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
		times = append(times, float64(time.Since(start)))
	}
	return time.Duration(median(times))
}
