package postgres

import (
	"sync"
	"time"
)

// tolerance is how far a node's clock may be from the database's before its
// moments are translated. It lies above what a measurement is wrong by, so that
// moments on machines whose clocks agree stay as they are.
const tolerance = 250 * time.Millisecond

// clock translates between the moments of this node and those of the database,
// by which all nodes lease. It follows the node's monotonic clock, so that a
// wall clock that is set while the process runs moves no lease.
type clock struct {
	mu sync.Mutex
	// node and database are one moment, as either of them named it; node is zero
	// before the first measurement.
	node, database time.Time
	// wrong is added to what the database's clock shows, for tests of nodes whose
	// clocks differ.
	wrong time.Duration
}

// observe notes what the database's clock showed between two moments of this
// node.
func (c *clock) observe(sent, received, database time.Time) {
	took := received.Sub(sent)
	c.mu.Lock()
	defer c.mu.Unlock()
	if took > tolerance && !c.node.IsZero() {
		return
	}
	c.node, c.database = sent.Add(took/2), database.Add(c.wrong)
}

// ahead returns how far the database's clock is ahead of the one that t was read
// from, or zero within the tolerance.
func (c *clock) ahead(t time.Time) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.node.IsZero() {
		return 0
	}
	wall := c.node.Round(0)
	// The wall clock may have been set between the two readings; where t has no
	// monotonic reading that is unknown, and zero.
	stepped := t.Round(0).Sub(wall) - t.Sub(c.node)
	skew := c.database.Sub(wall) - stepped
	if skew.Abs() <= tolerance {
		return 0
	}
	return skew
}

// toDatabase returns the moment t of this node as the database's clock names it.
func (c *clock) toDatabase(t time.Time) time.Time { return t.Round(0).Add(c.ahead(t)).UTC() }

// toNode returns a moment of the database as this node's clock names it.
func (c *clock) toNode(t time.Time) time.Time {
	return t.Add(-c.ahead(time.Now())).UTC()
}
