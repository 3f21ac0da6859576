package receive

import (
	"sync"
	"time"
)

// strayLines is the least time between two lines of the log about sources that
// there are not. Anybody can call them, as often as they like.
const strayLines = time.Minute

// strays counts requests to sources that there are not.
type strays struct {
	mu     sync.Mutex
	told   time.Time
	untold int
}

// note counts a request, and returns how many came since the last line of the log
// once it is time for another, or else zero.
func (s *strays) note(now time.Time) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.untold++
	// It is negative where the clock was set back since.
	if since := now.Sub(s.told); since >= 0 && since < strayLines {
		return 0
	}
	n := s.untold
	s.told, s.untold = now, 0
	return n
}

// stray logs a request to a source that there is not, by the name that it has in
// the path: of a mistyped one its owner must learn.
func (c *call) stray(name string) {
	if n := c.in.strays.note(c.start); n > 0 {
		c.in.Logger.Info("unknown source called", "name", clip(name, 100), "requests", n, "remote", c.r.RemoteAddr)
	}
}
