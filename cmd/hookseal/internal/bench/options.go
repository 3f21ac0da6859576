package bench

import (
	"fmt"
	"time"
)

// Options say what is measured.
type Options struct {
	// Executable is the hookseal whose `serve` is measured.
	Executable string
	// Store is "sqlite" or "postgres".
	Store string
	// DSN is an empty database for PostgreSQL; without one a server of its own is
	// started.
	DSN string
	// Size is the length of each body in bytes, from 128 on.
	Size int
	// Endpoints is how many endpoints take turns: every event goes to one.
	Endpoints int
	// Backlog is how many deliveries are due beside the measured ones, to endpoints
	// that take them and do not answer.
	Backlog int
	// Connections is from how many connections webhooks are posted, each after
	// the answer to the one before.
	Connections int
	// Duration is how long they are posted.
	Duration time.Duration
	// Limits measures beside it what a server that stores nothing takes, and how
	// fast a client posts from memory.
	Limits bool
	// Dir is where the store is kept meanwhile; empty is the folder for temporary
	// files, which may be in memory.
	Dir string
	// Progress is told what is going on; nil is told nothing.
	Progress func(string)
}

const leastSize = 128

// Check reports what cannot be measured.
func (o *Options) Check() error {
	switch {
	case o.Store != sqliteStore && o.Store != postgresStore:
		return fmt.Errorf("store %q: want %s or %s", o.Store, sqliteStore, postgresStore)
	case o.DSN != "" && o.Store != postgresStore:
		return fmt.Errorf("a DSN is for the store %s", postgresStore)
	case o.Size < leastSize || o.Size > 1<<20:
		return fmt.Errorf("size is %d bytes, want %d to 1 MiB", o.Size, leastSize)
	case o.Endpoints < 1 || o.Endpoints > maxEndpoints:
		return fmt.Errorf("endpoints are %d, want 1 to %d", o.Endpoints, maxEndpoints)
	case o.Backlog < 0:
		return fmt.Errorf("backlog is %d, want 0 or more", o.Backlog)
	case o.Connections < 1 || o.Connections > 4096:
		return fmt.Errorf("connections are %d, want 1 to 4096", o.Connections)
	case o.Duration < time.Second:
		return fmt.Errorf("duration is %v, want a second or more", o.Duration)
	}
	return nil
}

// The stores that are measured.
const (
	sqliteStore   = "sqlite"
	postgresStore = "postgres"
)

// maxEndpoints is what the digits of a type can name.
const maxEndpoints = 100_000

func (o *Options) progress(format string, args ...any) {
	if o.Progress != nil {
		o.Progress(fmt.Sprintf(format, args...))
	}
}
