package sqlite

import (
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// Options tune a store. The zero value is what production wants.
type Options struct {
	// Synchronous is SQLite's setting of that name: OFF, NORMAL, FULL or EXTRA.
	// Empty means FULL. With OFF or NORMAL a call returns before its change is
	// on the disk, and a power cut loses what was acknowledged: they exist so
	// that a test can show that it notices.
	Synchronous string

	// RecentKeys is how many dedup keys are gathered in memory before they are
	// merged into the index of the file: the more there are, the less each of
	// them writes. Up to 65,536 further keys may come while a merge goes on.
	// Zero means 65,536, which take 6 MB, or 12 MB during a merge.
	RecentKeys int

	// Logger receives what an operator should know and no caller is told, such
	// as a transaction that had to be repeated. Nil discards it.
	Logger *slog.Logger

	// OnCommit is called by the writing goroutine after each transaction, and
	// must return quickly. Nil is not called.
	OnCommit func(Commit)
}

// Commit describes one transaction of the writer.
type Commit struct {
	// Calls is how many calls the transaction carried, none where deliveries follow
	// an endpoint that was disabled or enabled.
	Calls int
	// Duration is how long COMMIT took, which is the sync of the disk and now
	// and then a checkpoint.
	Duration time.Duration
	// Err is why it failed, nil if it did not.
	Err error
}

const fullSync = "FULL"

func (o Options) withDefaults() (Options, error) {
	if o.Synchronous == "" {
		o.Synchronous = fullSync
	}
	if modes := []string{"OFF", "NORMAL", fullSync, "EXTRA"}; !slices.Contains(modes, o.Synchronous) {
		return o, fmt.Errorf("synchronous is %q, want one of %q", o.Synchronous, modes)
	}
	if o.RecentKeys < 0 {
		return o, fmt.Errorf("recent keys are %d, want 0 or more", o.RecentKeys)
	}
	if o.RecentKeys == 0 {
		o.RecentKeys = 1 << 16
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.OnCommit == nil {
		o.OnCommit = func(Commit) {}
	}
	return o, nil
}
