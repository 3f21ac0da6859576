package scheme

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// parseMoment reads text strictly in the first unit that fits: a number has no
// sign, no leading zero and no fraction, and no more digits than its unit needs
// until the year 5000, so that milliseconds are never taken for seconds.
func parseMoment(text string, units []webhook.TimeUnit) (time.Time, bool) {
	for _, unit := range units {
		if t, ok := parseUnit(text, unit); ok {
			return t, true
		}
	}
	return time.Time{}, false
}

func parseUnit(text string, unit webhook.TimeUnit) (time.Time, bool) {
	switch unit {
	case webhook.UnixSeconds:
		n, ok := parseDigits(text, 11)
		return time.Unix(n, 0), ok
	case webhook.UnixMilliseconds:
		n, ok := parseDigits(text, 14)
		return time.UnixMilli(n), ok
	case webhook.RFC3339:
		return parseISO(text, true)
	case webhook.ISO8601:
		return parseISO(text, false)
	case webhook.HTTPDate:
		t, err := time.Parse(http.TimeFormat, text)
		return t, err == nil && t.Format(http.TimeFormat) == text
	case webhook.DotNetInvariant:
		if len(text) != len(dotNetLayout) {
			return time.Time{}, false
		}
		t, err := time.Parse(dotNetLayout, text)
		return t, err == nil
	}
	return time.Time{}, false
}

func parseDigits(text string, most int) (int64, bool) {
	if text == "" || len(text) > most || text[0] == '0' && text != "0" {
		return 0, false
	}
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil
}

// formatMoment writes t in the unit.
func formatMoment(t time.Time, unit webhook.TimeUnit) string {
	t = t.UTC()
	switch unit {
	case webhook.UnixMilliseconds:
		return strconv.FormatInt(t.UnixMilli(), 10)
	case webhook.RFC3339, webhook.ISO8601:
		return t.Format("2006-01-02T15:04:05.000Z07:00")
	case webhook.DotNetInvariant:
		return t.Format(dotNetLayout)
	case webhook.HTTPDate:
		return t.Format(http.TimeFormat)
	default:
		return strconv.FormatInt(t.Unix(), 10)
	}
}

func compileUnits(list List) ([]webhook.TimeUnit, error) {
	known := []webhook.TimeUnit{webhook.UnixSeconds, webhook.UnixMilliseconds, webhook.RFC3339, webhook.ISO8601, webhook.DotNetInvariant, webhook.HTTPDate}
	if len(list) == 0 {
		return nil, fmt.Errorf("time needs a unit, one of %v", known)
	}
	units := make([]webhook.TimeUnit, 0, len(list))
	for _, name := range list {
		unit := webhook.TimeUnit(name)
		if !slices.Contains(known, unit) {
			return nil, fmt.Errorf("unknown time unit %q, want one of %v", name, known)
		}
		units = append(units, unit)
	}
	return units, nil
}

// compileTolerance reads a duration or "off"; zero is refused, since it reads as
// "none" to some and as "exactly now" to others, and so is nothing at all.
func compileTolerance(text string) (time.Duration, error) {
	if text == "off" {
		return 0, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("tolerance %q is neither a positive duration such as \"5m\" nor \"off\"", text)
	}
	return d, nil
}

// judgeMoment compares the moment that a claim states with now.
func judgeMoment(c *webhook.TimeClaim, now time.Time) webhook.Verdict {
	if !c.Enforced {
		return webhook.Verdict{Outcome: webhook.Accept}
	}
	if !c.Value.Found {
		return webhook.Rejected(webhook.TimestampMissing, "the request states no time")
	}
	stated, ok := parseMoment(c.Value.Text, c.Units)
	if !ok {
		return webhook.Rejected(webhook.TimestampMalformed, fmt.Sprintf("time %q is not in the unit %v", clip(c.Value.Text), c.Units))
	}
	switch age := now.Sub(stated); {
	case age > c.Past:
		return webhook.Rejected(webhook.TimestampTooOld, fmt.Sprintf("stated time is %s old, tolerance is %s", age.Round(time.Second), c.Past))
	case -age > c.Future:
		return webhook.Rejected(webhook.TimestampInFuture, fmt.Sprintf("stated time is %s ahead, tolerance is %s", (-age).Round(time.Second), c.Future))
	}
	return webhook.Verdict{Outcome: webhook.Accept}
}

// clip bounds text that a sender chose before it reaches a log.
func clip(text string) string {
	if len(text) > 64 {
		return text[:64] + "…"
	}
	return text
}
