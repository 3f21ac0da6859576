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
	table   string
	into    string
	columns int
	args    []any
	// statements write as many rows as insertSizes says, once they were needed.
	statements [len(insertSizes)]string
}

// insertSizes are the numbers of rows of a statement: few, so that all stay
// prepared.
var insertSizes = [...]int{32, 8, 1}

// insert returns an inserter for the columns of a table, which are always the same.
// It serves until it is flushed.
func (t *tx) insert(table, columns string) *inserter {
	return t.inserter("INSERT OR FAIL INTO ", table, columns)
}

// insertMissing returns an inserter that skips the rows that are there.
func (t *tx) insertMissing(table, columns string) *inserter {
	return t.inserter("INSERT OR IGNORE INTO ", table, columns)
}

func (t *tx) inserter(insert, table, columns string) *inserter {
	i := t.spare[table]
	if i == nil {
		i = &inserter{table: table, into: insert + table + " (" + columns + ") VALUES ", columns: strings.Count(columns, ",") + 1}
	}
	delete(t.spare, table)
	i.t = t
	return i
}

func (i *inserter) add(values ...any) { i.args = append(i.args, values...) }

// flush writes the rows. The inserter is then the connection's, for the next who
// needs one.
func (i *inserter) flush() error {
	args := i.args
	for n, rows := range insertSizes {
		for ; len(args) >= rows*i.columns; args = args[rows*i.columns:] {
			if _, err := i.t.exec(i.statement(n), args[:rows*i.columns]...); err != nil {
				return err
			}
		}
	}
	clear(i.args)
	i.args = i.args[:0]
	i.t.spare[i.table], i.t = i, nil
	return nil
}

func (i *inserter) statement(n int) string {
	if i.statements[n] == "" {
		tuple := "(" + placeholders(i.columns) + ")"
		i.statements[n] = i.into + tuple + strings.Repeat(","+tuple, insertSizes[n]-1)
	}
	return i.statements[n]
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
