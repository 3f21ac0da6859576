package postgres

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// day names the tables in which the events of a day are, in UTC, with what hangs
// on them: 20261122 those of the 22nd of November 2026.
type day int32

// rest is the day of what no day has tables for: what was stored before there
// were any, and events of strange times.
const rest day = 0

const (
	// A day has tables of its own if it is neither further back nor further ahead
	// than these, so that wrong times make no tables without end.
	oldestYears = 10
	aheadDays   = 2
	// mostDays is how many days have tables at a time. Who reads deliveries of all of
	// them takes six locks for each, and a server has 6,400 by default.
	mostDays = 200
)

// dayOf returns the day of an event by the moment at which it was received.
func dayOf(received, now time.Time) day {
	received = received.UTC()
	if received.Before(now.AddDate(-oldestYears, 0, 0)) || received.After(now.AddDate(0, 0, aheadDays)) {
		return rest
	}
	return dateOf(received)
}

// dateOf returns the day of a moment, however strange.
func dateOf(t time.Time) day {
	year, month, date := t.UTC().Date()
	return day(year*10_000 + int(month)*100 + date)
}

// begin returns the first moment of a day that is not [rest].
func (d day) begin() time.Time {
	return time.Date(int(d)/10_000, time.Month(int(d)/100%100), int(d)%100, 0, 0, 0, 0, time.UTC)
}

// end returns the first moment after a day that is not [rest].
func (d day) end() time.Time { return d.begin().AddDate(0, 0, 1) }

// of returns a statement with the tables of the day in place of those whose names
// end in _DAY. The statements of every day name its tables, since a plan over all
// days costs more than what it is for.
func (d day) of(statement string) string {
	return strings.ReplaceAll(statement, "_DAY", "_"+strconv.Itoa(int(d)))
}

// byDay are the rows of a statement for each day.
type byDay[Rows any] map[day]*Rows

// of returns the rows of a day, none at first.
func (b *byDay[Rows]) of(d day) *Rows {
	if *b == nil {
		*b = byDay[Rows]{}
	}
	rows := (*b)[d]
	if rows == nil {
		rows = new(Rows)
		(*b)[d] = rows
	}
	return rows
}

// each calls do for every day, in their order.
func (b byDay[Rows]) each(do func(day, *Rows)) {
	for _, d := range slices.Sorted(maps.Keys(b)) {
		do(d, b[d])
	}
}
