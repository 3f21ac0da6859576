// Package stopwatch measures what the calls of a module take.
package stopwatch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi/conformance"
	"github.com/hookseal/hookseal/hostabi/host"
)

// Options say what is measured.
type Options struct {
	// Messages are handed to the module, each to every hook that it has.
	Messages []Message
	// Settings are what the configuration gives the module.
	Settings map[string]string
	// Span is how long calls are made with one message.
	Span time.Duration
}

// Report is what was measured of a module.
type Report struct {
	// Module is its name, Size its bytes, SHA256 their digest in hex.
	Module string `json:"module"`
	Size   int    `json:"size"`
	SHA256 string `json:"sha256"`
	// Load is how long it took to compile the module and to start it once.
	Load time.Duration `json:"load_ns"`
	// Rows are in the order of the messages.
	Rows []Row `json:"calls"`
}

// Row is what the calls of one hook with one message took.
type Row struct {
	// Hook is what was called, Message what with.
	Hook    webhook.Hook `json:"hook"`
	Message string       `json:"message"`
	// Body is the length of the message's body.
	Body int `json:"body_bytes"`
	// Calls is how many were made. The times are of one.
	Calls  int           `json:"calls"`
	Median time.Duration `json:"median_ns"`
	P99    time.Duration `json:"p99_ns"`
	// Fuel and Memory are those of [host.Usage].
	Fuel   int64 `json:"fuel"`
	Memory int64 `json:"memory_bytes"`
	// Outputs are how many events came out, and Output the bytes of their bodies.
	Outputs int `json:"outputs"`
	Output  int `json:"output_bytes"`
	// Error is why the module failed the call, empty if it did not. The rest is
	// zero then.
	Error string `json:"error,omitempty"`
}

// Failed reports whether a call failed.
func (r Report) Failed() bool {
	for _, row := range r.Rows {
		if row.Error != "" {
			return true
		}
	}
	return false
}

// patience is the time of a call: a machine that is busy must not end one, and its
// work is bounded by its fuel.
const patience = 4 * time.Second

// Measure loads a module, with what its manifest asks for, and
// makes its calls, one after the other. The error is why it cannot be loaded, or
// that ctx ended.
func Measure(ctx context.Context, code webhook.GuestCode, options Options) (report Report, err error) {
	sum := sha256.Sum256(code.Code)
	report = Report{Module: code.Name, Size: len(code.Code), SHA256: hex.EncodeToString(sum[:])}
	code.Limits.Time = patience
	code = conformance.AsAsked(code)
	var used host.Usage
	loader := host.Loader{Instances: 1, Observe: func(u host.Usage) { used = u }}
	began := time.Now()
	guest, err := loader.Load(ctx, code)
	if err != nil {
		return report, err
	}
	report.Load = time.Since(began)
	defer func() { err = errors.Join(err, guest.Close(context.WithoutCancel(ctx))) }()
	for _, m := range options.Messages {
		for _, hook := range guest.Hooks() {
			row, err := measure(ctx, guest, hook, m, options)
			if ctx.Err() != nil {
				return report, fmt.Errorf("%s: %w", code.Name, ctx.Err())
			}
			row.Hook, row.Message, row.Body = hook, m.Name, len(m.Event.Body)
			if err != nil {
				row.Error = err.Error()
			} else {
				row.Fuel, row.Memory = used.Fuel, used.Memory
			}
			report.Rows = append(report.Rows, row)
		}
	}
	return report, nil
}

// The calls with one message: the first are not counted, which find cold caches,
// and no more are kept than a percentile needs.
const (
	warmUp   = 3
	minCalls = 20
	maxCalls = 1 << 20
)

func measure(ctx context.Context, guest webhook.Guest, hook webhook.Hook, m Message, o Options) (Row, error) {
	var row Row
	var times []time.Duration
	end := time.Now().Add(o.Span)
	for i := 0; i < maxCalls && (i < minCalls || time.Now().Before(end)); i++ {
		began := time.Now()
		outputs, err := m.call(ctx, guest, hook, o.Settings)
		took := time.Since(began)
		if err != nil {
			return Row{}, err
		}
		row.Outputs, row.Output = len(outputs), 0
		for _, out := range outputs {
			row.Output += len(out.Body)
		}
		if i >= warmUp {
			times = append(times, took)
		}
	}
	row.Calls, row.Median, row.P99 = len(times), percentile(times, 50), percentile(times, 99)
	return row, nil
}
