package scheme

import (
	"net/url"
	"slices"
	"strings"
)

// pair is one field of a form or query.
type pair struct{ name, value string }

// pairPipe works on the fields of a whole form or query.
type pairPipe interface {
	// joins says that the pipe makes a text of the fields, which is then the
	// only one.
	joins() bool
	apply(pairs []pair) ([]pair, string)
}

// fieldPipe gives other fields.
type fieldPipe func([]pair) []pair

func (fieldPipe) joins() bool { return false }

func (p fieldPipe) apply(pairs []pair) ([]pair, string) { return p(pairs), "" }

// joinPipe gives a text.
type joinPipe func([]pair) string

func (joinPipe) joins() bool { return true }

func (p joinPipe) apply(pairs []pair) ([]pair, string) { return nil, p(pairs) }

func parsePairPipe(word string, args []string) (pairPipe, bool) {
	switch {
	case word == "sort-unique" && args[0] == "":
		return joinPipe(sortUnique), true
	case word == "sort" && args[0] == "":
		return fieldPipe(sorted), true
	case word == "without" && args[0] != "":
		return fieldPipe(func(pairs []pair) []pair {
			return slices.DeleteFunc(slices.Clone(pairs), func(p pair) bool { return slices.Contains(args, p.name) })
		}), true
	case word == "without-empty" && args[0] == "":
		return fieldPipe(func(pairs []pair) []pair {
			return slices.DeleteFunc(slices.Clone(pairs), func(p pair) bool { return p.value == "" || p.value == "0" })
		}), true
	case word == "merge" && len(args) == 1:
		return fieldPipe(func(pairs []pair) []pair { return merged(pairs, args[0]) }), true
	case word == "join" && len(args) == 2:
		return joining(args[0], args[1], func(text string) string { return text }), true
	case word == "join-encoded" && len(args) == 2:
		return joining(args[0], args[1], url.QueryEscape), true
	case word == "values" && len(args) == 1:
		return joinPipe(func(pairs []pair) string {
			values := make([]string, len(pairs))
			for i, p := range pairs {
				values[i] = p.value
			}
			return strings.Join(values, args[0])
		}), true
	}
	return nil, false
}

func joining(equals, between string, write func(string) string) joinPipe {
	return func(pairs []pair) string {
		items := make([]string, len(pairs))
		for i, p := range pairs {
			items[i] = write(p.name) + equals + write(p.value)
		}
		return strings.Join(items, between)
	}
}

// sorted orders fields by the bytes of their names; those of one name stay in
// the order in which they were sent.
func sorted(pairs []pair) []pair {
	pairs = slices.Clone(pairs)
	slices.SortStableFunc(pairs, func(a, b pair) int { return strings.Compare(a.name, b.name) })
	return pairs
}

// merged joins the values of one name where the first of them stood.
func merged(pairs []pair, between string) []pair {
	at := map[string]int{}
	var out []pair
	for _, p := range pairs {
		if i, seen := at[p.name]; seen {
			out[i].value += between + p.value
			continue
		}
		at[p.name] = len(out)
		out = append(out, p)
	}
	return out
}

// sortUnique writes the pairs of a form in the order of their names and values,
// each pair once, with nothing between them.
func sortUnique(pairs []pair) string {
	pairs = slices.Clone(pairs)
	slices.SortFunc(pairs, func(a, b pair) int {
		if c := strings.Compare(a.name, b.name); c != 0 {
			return c
		}
		return strings.Compare(a.value, b.value)
	})
	var out strings.Builder
	for _, p := range slices.Compact(pairs) {
		out.WriteString(p.name)
		out.WriteString(p.value)
	}
	return out.String()
}
