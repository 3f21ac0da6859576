package receive

import (
	"cmp"
	"net/http"
)

// Statuses are the codes that requests are answered with which do not pass; a
// zero field means its default.
type Statuses struct {
	// Refused is for a verdict that rejects (401).
	Refused int
	// TooLarge is for a body over the limit (413).
	TooLarge int
	// Incomplete is for a body that was cut off (400).
	Incomplete int
	// Unavailable asks the sender to try again (503).
	Unavailable int
}

func (s Statuses) withDefaults() Statuses {
	return Statuses{
		Refused:     cmp.Or(s.Refused, http.StatusUnauthorized),
		TooLarge:    cmp.Or(s.TooLarge, http.StatusRequestEntityTooLarge),
		Incomplete:  cmp.Or(s.Incomplete, http.StatusBadRequest),
		Unavailable: cmp.Or(s.Unavailable, http.StatusServiceUnavailable),
	}
}
