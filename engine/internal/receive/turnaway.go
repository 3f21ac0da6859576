package receive

import (
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/hookseal/hookseal/engine/internal/rate"
	"github.com/hookseal/hookseal/engine/webhook"
)

const (
	// stoppedRetry is when a sender is asked to try again while the intake has
	// stopped, and limitedRetry the longest that one is asked to wait whose source
	// is called too often.
	stoppedRetry = 30 * time.Second
	limitedRetry = time.Hour
)

// stopped answers where the intake has stopped, before the body is read.
func (c *call) stopped() bool {
	if c.in.Gate == nil || c.source == nil {
		return false
	}
	stop := c.in.Gate.Stopped()
	if stop == "" {
		return false
	}
	c.in.Logger.Debug("webhook turned away", "source", c.name, "because", string(stop))
	c.turnAway(c.statuses.Unavailable, stoppedRetry, "unavailable", AnswerStopped)
	return true
}

// outside refuses who may not send from his address, before the body is read and
// before he takes of the rate of those who may. Where refusals are let pass he is
// judged with the rest.
func (c *call) outside() bool {
	if c.source.AllowFrom == nil || c.source.Shadow {
		return false
	}
	v := c.source.judgeAddress(c.source.Origin.Request(c.r, c.asked, nil, c.start).From)
	if v.Reason == "" {
		return false
	}
	c.refuse(c.statuses.Refused, v.Reason, v.Detail, nil)
	return true
}

// limited answers 429 where the source is called more often than it may be,
// before the body is read.
func (c *call) limited() bool {
	l := c.in.limiters[c.name]
	if l == nil {
		return false
	}
	wait := l.Take(c.start)
	if wait == 0 {
		return false
	}
	c.in.Logger.Debug("webhook turned away", "source", c.name, "because", "rate", "remote", c.r.RemoteAddr)
	c.turnAway(http.StatusTooManyRequests, min(wait, limitedRetry), "rate_limited", AnswerLimited)
	return true
}

// turnAway asks the sender to try again after a while. Nothing was judged.
func (c *call) turnAway(status int, after time.Duration, why string, answered Answer) {
	c.w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(after.Seconds()))))
	c.answer(status, "application/json", `{"error":"`+why+"\"}\n")
	c.observe(answered, webhook.Verdict{})
}

// limiters are those of the sources that have a rate. One whose rate stays is
// taken over, so that a reload does not fill it.
func (in *Intake) limit(before *Intake) {
	in.limiters = map[string]*rate.Limiter{}
	for name, s := range in.Sources {
		if s.Rate == 0 {
			continue
		}
		if before != nil && before.limiters[name] != nil && before.limiters[name].Same(s.Rate, s.Burst) {
			in.limiters[name] = before.limiters[name]
			continue
		}
		in.limiters[name] = rate.New(s.Rate, s.Burst)
	}
}
