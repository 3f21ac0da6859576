package bench

import "sync/atomic"

// current is the tally of the round that is under way. The sink goes on over all
// rounds.
type current struct{ tally atomic.Pointer[tally] }

func (c *current) replace(t *tally)    { c.tally.Store(t) }
func (c *current) get() *tally         { return c.tally.Load() }
func (c *current) deliver(body []byte) { c.tally.Load().deliver(body) }
