package demo

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// show prints a run. Its printing methods are called by one goroutine at a time.
type show struct {
	Options
	paint paint
	stage *stage
	start time.Time
	// err is the first fault of Out.
	err error
}

func newShow(opt Options, s *stage) *show {
	return &show{Options: opt, paint: paint{opt.Color}, stage: s, start: time.Now()}
}

func (s *show) print(text string) {
	if s.err == nil {
		_, s.err = s.Out.Write([]byte(text))
	}
}

// during shows what is going on while perform runs. What perform tells is a
// line of its own, or the last line of the table that moves.
func (s *show) during(perform func(tell func(format string, args ...any)) error) error {
	switch {
	case s.JSON:
		return perform(func(string, ...any) {})
	case s.Live:
		return s.live(perform)
	}
	return perform(func(format string, args ...any) {
		s.print(fmt.Sprintf("%5.1fs  %s\n", time.Since(s.start).Seconds(), fmt.Sprintf(format, args...)))
	})
}

// result prints what came out.
func (s *show) result(r *Result) error {
	if s.JSON {
		enc := json.NewEncoder(s.Out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(r)
	}
	s.print(s.summary(r))
	return s.err
}

func number(n int, s style) cell {
	if n == 0 {
		return cell{"·", dim}
	}
	return cell{strconv.Itoa(n), s}
}
