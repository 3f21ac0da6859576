package demo

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hookseal/hookseal/engine/webhook"
)

// summary is the text of a result.
func (s *show) summary(r *Result) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	block := func(lines []string) { line("\n%s", strings.Join(lines, "\n")) }

	line("%s", s.paint.text(bold, headline(r)))
	block(intakeTable(r.Providers, refusals).lines(s.paint, s.Width))
	block(outflowTable(r.Endpoints).lines(s.paint, s.Width))
	for _, e := range r.Transforms {
		line("\n%s → %s → %s", e.Source, s.paint.text(bold, e.Transform), e.Endpoint)
		line("%s", s.compact("  in   ", e.In))
		line("%s", s.compact("  out  ", e.Out))
	}
	line("\n%s", s.paint.text(bold, "EXPECTED"))
	for _, e := range r.Expectations {
		line("%s", s.expectation(e))
	}
	line("\n%s", s.verdict(r))
	return b.String()
}

func headline(r *Result) string {
	var sent, accepted, delivered int
	for _, in := range r.Providers {
		sent, accepted = sent+in.Sent, accepted+in.Accepted
	}
	for _, out := range r.Endpoints {
		delivered += out.Delivered
	}
	return fmt.Sprintf("hookseal demo: %d webhooks came in, %d were stored, %d deliveries arrived, in %.1f s", sent, accepted, delivered, r.Seconds)
}

// intakeTable is a row for each provider, with a last column of choice.
func intakeTable(intakes []Intake, last func(Intake) cell) *table {
	t := &table{titles: []string{"RECEIVED", "sent", "accepted", "repeats", "refused", ""}}
	for _, in := range intakes {
		t.add(cell{in.Provider, plain}, number(in.Sent, plain), number(in.Accepted, green),
			number(in.Repeats, plain), number(in.Refused, yellow), last(in))
	}
	return t
}

// refusals lists the reasons, the most frequent first.
func refusals(in Intake) cell {
	reasons := slices.SortedFunc(maps.Keys(in.Reasons), func(a, b webhook.Reason) int {
		return cmp.Or(cmp.Compare(in.Reasons[b], in.Reasons[a]), cmp.Compare(a, b))
	})
	var list []string
	for _, reason := range reasons {
		item := string(reason)
		if n := in.Reasons[reason]; n > 1 {
			item += " × " + strconv.Itoa(n)
		}
		list = append(list, item)
	}
	return cell{strings.Join(list, ", "), dim}
}

// outflowTable is a row for each endpoint.
func outflowTable(outflows []Outflow) *table {
	t := &table{titles: []string{"DELIVERED", "owed", "delivered", "attempts", "retries", ""}}
	for _, out := range outflows {
		t.add(cell{out.Endpoint, plain}, number(out.Owed, plain), number(out.Delivered, green),
			number(out.Attempts, plain), number(out.Retries, yellow), out.state())
	}
	return t
}

// state says what the endpoint is there for, or why it gets no more, and what
// became of the deliveries that were not delivered.
func (o *Outflow) state() cell {
	var rest []string
	for _, part := range []struct {
		n    int
		what string
	}{{o.Dropped, "dropped"}, {o.Exhausted, "exhausted"}, {o.Failed, "failed"}, {o.Held, "held"}, {o.Open, "open"}} {
		if part.n > 0 {
			rest = append(rest, fmt.Sprintf("%d %s", part.n, part.what))
		}
	}
	c := cell{o.Role, dim}
	if o.Disabled != "" {
		c = cell{"disabled, " + o.Disabled, red}
	}
	if rest != nil {
		c.text += ": " + strings.Join(rest, ", ")
	}
	return c
}

// compact shows JSON without white space, on as many lines as it takes.
func (s *show) compact(label, text string) string {
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(text)); err == nil {
		text = b.String()
	}
	lines := []string{text}
	if s.Width > 0 {
		lines = wrap(text, "", s.Width-len(label))
	}
	return label + strings.Join(lines, "\n"+strings.Repeat(" ", len(label)))
}

func (s *show) expectation(e Expectation) string {
	if e.Held {
		return s.paint.text(green, "✓") + " " + e.Text
	}
	return s.paint.text(red, "✗ "+e.Text) + "\n    " + e.Got
}

func (s *show) verdict(r *Result) string {
	failed := 0
	for _, e := range r.Expectations {
		if !e.Held {
			failed++
		}
	}
	if failed == 0 {
		return s.paint.text(green, fmt.Sprintf("All %d expectations held.", len(r.Expectations)))
	}
	return s.paint.text(red, fmt.Sprintf("%d of %d expectations did not hold.", failed, len(r.Expectations)))
}
