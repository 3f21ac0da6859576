package postgres

import (
	"cmp"
	"fmt"
	"log/slog"
	"time"
)

// Options tune a store. The zero value is what production wants.
type Options struct {
	// Connections is the most connections that are open at a time; zero is 10, or
	// the DSN's pool_max_conns.
	Connections int

	// Listen is the DSN under which the store listens for what other nodes have
	// made due; empty is the one that it is opened with. It must not lead through
	// a pooler that gives connections away between transactions.
	Listen string

	// Poll is how often the store looks for what other nodes have made due and
	// nobody has said; zero is a second.
	Poll time.Duration

	// Logger receives what an operator should know and no caller is told, such
	// as a transaction that had to be repeated. Nil discards it.
	Logger *slog.Logger

	// OnCommit is called after each transaction of Accept, by several goroutines
	// at a time, and must return quickly. Nil is not called.
	OnCommit func(Commit)
}

// Commit describes one transaction of Accept.
type Commit struct {
	// Calls is how many calls the transaction carried.
	Calls int
	// Duration is how long it took, from its beginning to the answer of the
	// server.
	Duration time.Duration
	// Err is why it failed, nil if it did not.
	Err error
}

const (
	defaultConnections = 10
	defaultPoll        = time.Second
	// leastConnections leaves one to queries while all writers are at work.
	leastConnections = acceptWriters + 2
)

func (o Options) withDefaults() (Options, error) {
	if o.Connections != 0 && o.Connections < leastConnections {
		return o, fmt.Errorf("connections are %d, want %d or more", o.Connections, leastConnections)
	}
	if o.Poll < 0 {
		return o, fmt.Errorf("poll is %v, want more than 0", o.Poll)
	}
	o.Poll = cmp.Or(o.Poll, defaultPoll)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.OnCommit == nil {
		o.OnCommit = func(Commit) {}
	}
	return o, nil
}
