package bench

import (
	"fmt"
	"io"
	"runtime"
	"text/tabwriter"
	"time"

	"github.com/hookseal/hookseal/engine"
)

// Report is what was measured.
type Report struct {
	// Store, Size, Endpoints, Backlog, Connections and Seconds repeat the options.
	Store       string  `json:"store"`
	Size        int     `json:"size_bytes"`
	Endpoints   int     `json:"endpoints"`
	Backlog     int     `json:"backlog"`
	Connections int     `json:"connections"`
	Seconds     float64 `json:"seconds"`
	// Version, Go, Processors and LoadBefore (the load average) say where.
	Version    string `json:"version"`
	Go         string `json:"go"`
	Processors int    `json:"processors"`
	LoadBefore string `json:"load_before"`

	// Events is how many were acknowledged, and all of them delivered. Refused were
	// answered otherwise, Repeated are deliveries that came again.
	Events   int64 `json:"events"`
	Refused  int64 `json:"refused"`
	Repeated int64 `json:"repeated"`
	// EventsPerSecond counts until the last is delivered, IngestPerSecond until the
	// last is acknowledged.
	EventsPerSecond float64 `json:"events_per_second"`
	IngestPerSecond float64 `json:"ingest_per_second"`
	// Ingest is from the request to its answer, Delivery from the request to the
	// endpoint.
	Ingest   Latency `json:"ingest"`
	Delivery Latency `json:"ingest_to_delivered"`
	CPU      CPU     `json:"cpu_us_per_event"`
	// PeakMemory is the server's, in bytes; zero is unknown.
	PeakMemory int64 `json:"peak_memory_bytes"`
	// Limits is nil unless they were measured.
	Limits *Limits `json:"limits,omitempty"`
}

// CPU is what processes have used for one event, in microseconds; zero is
// unknown, or that there is no such process.
type CPU struct {
	// Server is the hookseal that is measured, Database all processes of a
	// PostgreSQL that was started for it, Bench load and sink.
	Server   float64 `json:"server"`
	Database float64 `json:"database"`
	Bench    float64 `json:"bench"`
}

func (o *Options) blank() Report {
	return Report{
		Store: o.Store, Size: o.Size, Endpoints: o.Endpoints, Backlog: o.Backlog,
		Connections: o.Connections, Seconds: o.Duration.Seconds(),
		Version: engine.Version, Go: runtime.Version(), Processors: runtime.NumCPU(), LoadBefore: loadAverage(),
	}
}

// Print writes the report as a table.
func (r Report) Print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(name, format string, args ...any) {
		fmt.Fprintf(t, "%s\t"+format+"\n", append([]any{name}, args...)...)
	}
	line("measured", "%s, %d bytes, %d endpoints, %d due beside, %d connections, %.0f s",
		r.Store, r.Size, r.Endpoints, r.Backlog, r.Connections, r.Seconds)
	line("with", "hookseal %s, %s, %d processors, load %s before", r.Version, r.Go, r.Processors, unknown(r.LoadBefore))
	line("events", "%d, %d refused, %d delivered again", r.Events, r.Refused, r.Repeated)
	line("end to end", "%.0f events/s", r.EventsPerSecond)
	line("ingest", "%.0f events/s, p50 %s, p99 %s, max %s", r.IngestPerSecond, short(r.Ingest.Median), short(r.Ingest.P99), short(r.Ingest.Max))
	line("to delivered", "p50 %s, p99 %s, max %s", short(r.Delivery.Median), short(r.Delivery.P99), short(r.Delivery.Max))
	database := ""
	if r.CPU.Database > 0 {
		database = ", database " + micros(r.CPU.Database)
	}
	line("processor", "server %s%s, load and sink %s, for each event", micros(r.CPU.Server), database, micros(r.CPU.Bench))
	line("peak memory", "%s MiB", mebibytes(r.PeakMemory))
	if r.Limits != nil {
		line("limits", "%.0f requests/s into a server that stores nothing, %.0f requests/s from a client in memory", r.Limits.Receive, r.Limits.Send)
	}
	return t.Flush()
}

func unknown(text string) string {
	if text == "" {
		return "unknown"
	}
	return text
}

func short(d time.Duration) string { return d.Round(10 * time.Microsecond).String() }

func micros(us float64) string {
	if us == 0 {
		return "unknown"
	}
	return fmt.Sprintf("%.0f µs", us)
}

func mebibytes(n int64) string {
	if n == 0 {
		return "unknown"
	}
	return fmt.Sprintf("%.0f", float64(n)/(1<<20))
}
