package sqlite

import (
	"strings"
)

// inserter gathers rows for a table, and writes many of them with one
// statement, which costs less than one each.
//
// A statement that fails may leave some of its rows behind, which saves SQLite
// a journal for each: whoever gets the error must roll back.
type inserter struct {
	t       *tx
	into    string
	columns int
	args    []any
}

// insert returns an inserter for the columns of a table.
func (t *tx) insert(table, columns string) *inserter {
	return &inserter{
		t:       t,
		into:    "INSERT OR FAIL INTO " + table + " (" + columns + ") VALUES ",
		columns: strings.Count(columns, ",") + 1,
	}
}

// insertMissing returns an inserter that skips the rows that are there.
func (t *tx) insertMissing(table, columns string) *inserter {
	i := t.insert(table, columns)
	i.into = "INSERT OR IGNORE INTO " + table + " (" + columns + ") VALUES "
	return i
}

func (i *inserter) add(values ...any) { i.args = append(i.args, values...) }

// flush writes the rows in statements of few sizes, which stay prepared.
func (i *inserter) flush() error {
	args := i.args
	for _, rows := range [...]int{32, 8, 1} {
		if len(args) < rows*i.columns {
			continue
		}
		tuple := "(" + placeholders(i.columns) + ")"
		statement := i.into + tuple + strings.Repeat(","+tuple, rows-1)
		for ; len(args) >= rows*i.columns; args = args[rows*i.columns:] {
			if _, err := i.t.exec(statement, args[:rows*i.columns]...); err != nil {
				return err
			}
		}
	}
	i.args = i.args[:0]
	return nil
}

func placeholders(n int) string { return "?" + strings.Repeat(",?", n-1) }

// chunks calls do with values in groups of one size, so that one statement
// with that many placeholders serves all. The last group is filled up with its
// last value, which a set does not mind.
func chunks[T any](values []T, do func(group []any) error) error {
	group := make([]any, 0, setSize)
	for len(values) > 0 {
		n := min(len(values), setSize)
		group = group[:0]
		for _, v := range values[:n] {
			group = append(group, v)
		}
		size := setSize
		if n == 1 {
			size = 1
		}
		for len(group) < size {
			group = append(group, values[n-1])
		}
		if err := do(group); err != nil {
			return err
		}
		values = values[n:]
	}
	return nil
}

// setSize is how many values one IN holds.
const setSize = 32
