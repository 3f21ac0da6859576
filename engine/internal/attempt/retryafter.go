package attempt

import (
	"net/http"
	"strconv"
	"time"
)

// maxRetryAfter is the longest wait that is believed; an endpoint's policy
// bounds it further.
const maxRetryAfter = 30 * 24 * time.Hour

// RetryAfter reads a Retry-After field (RFC 9110, 10.2.3), seconds or a date,
// as the wait from now. It is zero for a field that is empty, malformed or in
// the past, and at most 30 days.
func RetryAfter(field string, now time.Time) time.Duration {
	if field == "" {
		return 0
	}
	if digits(field) {
		seconds, err := strconv.ParseInt(field, 10, 64)
		if err != nil || seconds > int64(maxRetryAfter/time.Second) {
			return maxRetryAfter
		}
		return time.Duration(seconds) * time.Second
	}
	date, err := http.ParseTime(field)
	if err != nil {
		return 0
	}
	return min(max(date.Sub(now), 0), maxRetryAfter)
}

func digits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}
