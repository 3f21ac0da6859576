package host

import (
	cryptorand "crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// virtualWorld is what a guest sees of time and chance: both follow from the
// event, so that a replay is the same, unless the real ones are granted.
type virtualWorld struct {
	// elapsed is how long the guest has slept, in nanoseconds.
	elapsed int64
	source  *rand.ChaCha8
	// asked is when a guest that is granted the clock has first asked for it.
	asked time.Time
}

// granted reports whether the call may use a capability. The start of a module and
// a claim have none.
func (c *call) granted(capability webhook.Capability) bool {
	return slices.Contains(c.grants, capability)
}

// realtime returns the received time of the event, or 1970 where there is none:
// a claim has no clock.
func (c *call) realtime() int64 {
	switch {
	case c.granted(webhook.ClockCapability):
		return time.Now().UnixNano() + c.virtual.elapsed
	case c.ev == nil:
		return c.virtual.elapsed
	}
	return c.ev.Time.UnixNano() + c.virtual.elapsed
}

// monotonic returns a clock that stands still but for sleep. It is later in a
// call than in the start of the module, which the call continues, and never
// zero, which the Go runtime does not take.
func (c *call) monotonic() int64 {
	if c.hook == "" {
		return 1 + c.virtual.elapsed
	}
	if c.granted(webhook.ClockCapability) {
		if c.virtual.asked.IsZero() {
			c.virtual.asked = time.Now()
		}
		return int64(time.Hour+time.Since(c.virtual.asked)) + c.virtual.elapsed
	}
	return int64(time.Hour) + c.virtual.elapsed
}

// random fills b from a generator that is seeded by the event's identifier; the
// same for every claim.
func (c *call) random(b []byte) {
	c.meter.charge(int64(len(b)) * costRandomByte)
	if c.granted(webhook.RandomCapability) {
		_, _ = cryptorand.Read(b) // documented never to fail
		return
	}
	if c.virtual.source == nil {
		id := ""
		if c.ev != nil {
			id = c.ev.ID
		}
		c.virtual.source = rand.NewChaCha8(sha256.Sum256([]byte("hookseal:" + id)))
	}
	_, _ = c.virtual.source.Read(b) // documented never to fail
}

// wait returns how long a subscription of poll_oneoff waits, false if it is not
// for a clock.
func (c *call) wait(subscription []byte) (int64, bool) {
	const clock, monotonic, absolute = 0, 1, 1
	if subscription[8] != clock {
		return 0, false
	}
	wait := int64(min(binary.LittleEndian.Uint64(subscription[24:]), uint64(time.Hour)*24*365))
	if subscription[40]&absolute != 0 {
		now := c.realtime()
		if subscription[16] == monotonic {
			now = c.monotonic()
		}
		wait = int64(binary.LittleEndian.Uint64(subscription[24:])) - now
	}
	return min(max(wait, 0), int64(time.Hour)*24*365), true
}
