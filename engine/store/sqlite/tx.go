package sqlite

import (
	"context"
	"fmt"
)

// tx is a transaction of the writer.
type tx struct {
	*conn
	book   *book
	recent *recentKeys
	// followRows is the most deliveries that follow an endpoint here.
	followRows int64
	// keys are what changes in recent once this is committed.
	keys keyChanges
	// turns are the orders in which this transaction has added a delivery.
	turns map[orderName]bool
	// moved is by how much the count of each state changes.
	moved [len(states)]int64
	// weighed is by how much the weight of each source changes.
	weighed map[string]int64
}

func (t *tx) begin() error {
	_, err := t.exec("BEGIN IMMEDIATE")
	return err
}

// perform runs the requests: acceptances first, together, and expansions then. All
// of them are unanswered, so their callers see no order between them.
func (t *tx) perform(batch []*request) error {
	if err := t.acceptAll(batch); err != nil {
		return err
	}
	if err := t.mergeKeys(); err != nil {
		return fmt.Errorf("merge dedup keys: %w", err)
	}
	if err := t.expandAll(batch); err != nil {
		return fmt.Errorf("expand: %w", err)
	}
	for _, r := range batch {
		if r.change == nil {
			continue
		}
		r.err = r.change(t)
		if r.err != nil && !refused(r.err) {
			return r.err
		}
	}
	return nil
}

func (t *tx) commit() error {
	for state, n := range t.moved {
		if n == 0 {
			continue
		}
		if _, err := t.exec("UPDATE counts SET n = n + ? WHERE state = ?", n, int64(state)); err != nil {
			return fmt.Errorf("count deliveries: %w", err)
		}
	}
	for source, bytes := range t.weighed {
		if _, err := t.exec(updateSize, source, bytes); err != nil {
			return fmt.Errorf("weigh events: %w", err)
		}
	}
	_, err := t.exec("COMMIT")
	return err
}

const updateSize = "INSERT INTO sizes (source, bytes) VALUES (?, ?) ON CONFLICT (source) DO UPDATE SET bytes = bytes + excluded.bytes"

// weigh notes that the events of a source weigh more by so many bytes.
func (t *tx) weigh(source string, bytes int64) {
	if t.weighed == nil {
		t.weighed = map[string]int64{}
	}
	t.weighed[source] += bytes
}

// move notes that n deliveries went from one state to another.
func (t *tx) move(from, to, n int64) {
	t.moved[from] -= n
	t.moved[to] += n
}

// each runs a query. A transaction is never left half way for a caller who
// went away, so it takes no context.
func (t *tx) each(scan func(*row) error, statement string, args ...any) error {
	return t.query(context.Background(), scan, statement, args...)
}
