package sqlite

import (
	"fmt"
	"testing"
)

// faults are queries that count what must not be in the file, whatever was done to
// it, by what they count.
func faults() map[string]string {
	const (
		orders = "SELECT count(*) FROM (SELECT 1 FROM deliveries d JOIN endpoints p ON p.seq = d.endpoint" +
			" WHERE order_key <> '' AND state IN (0, 1, 2) GROUP BY endpoint, order_key HAVING "
		states  = "SELECT count(*) FROM deliveries d WHERE d.state = counts.state"
		sources = "SELECT source FROM sizes UNION SELECT source FROM events"
		bytes   = "SELECT coalesce(sum(" + weight + "), 0) FROM events WHERE source = s.source"
	)
	turns := fmt.Sprintf("sum(coalesce(wake < %d, 0))", noTurn)
	return map[string]string{
		"counts are not of the deliveries in their state":     "SELECT count(*) FROM counts WHERE n <> (" + states + ")",
		"sources do not weigh what their events do":           "SELECT count(*) FROM (" + sources + ") AS s WHERE coalesce((SELECT bytes FROM sizes WHERE source = s.source), 0) <> (" + bytes + ")",
		"deliveries wake that are final or held, or never do": "SELECT count(*) FROM deliveries WHERE (wake IS NULL) = (state IN (0, 1))",
		"deliveries have not followed their endpoints":        "SELECT count(*) FROM deliveries d JOIN endpoints p ON p.seq = d.endpoint WHERE following IS NULL AND state = iif(disabled, 0, 2)",
		"several of an order have its turn":                   orders + turns + " > 1)",
		"none of an order has its turn":                       orders + turns + " = 0 AND max(following IS NULL AND NOT disabled))",
		"deliveries have no event":                            "SELECT count(*) FROM deliveries WHERE event NOT IN (SELECT seq FROM events)",
		"deliveries of an erased event are open":              "SELECT count(*) FROM deliveries d JOIN events e ON e.seq = d.event WHERE erased IS NOT NULL AND state IN (0, 1, 2)",
		"deliveries have other attempts than they were tried": "SELECT count(*) FROM deliveries WHERE tried <> (SELECT count(*) FROM attempts WHERE delivery = id)",
		"attempts have no delivery":                           "SELECT count(*) FROM attempts WHERE delivery NOT IN (SELECT id FROM deliveries)",
		"outputs have no delivery":                            "SELECT count(*) FROM outputs WHERE delivery NOT IN (SELECT id FROM deliveries)",
	}
}

// wantSound wants nothing in the file that must not be, and nothing in the book that
// the file does not say.
func wantSound(t *testing.T, s *Store) {
	t.Helper()
	err := s.write(t.Context(), "look for faults", func(tx *tx) error {
		for fault, query := range faults() {
			if n, err := tx.number(query); err != nil || n != 0 {
				t.Errorf("%s: %d, %v, want none", fault, n, err)
			}
		}
		return wantEndpointsTrue(tx)
	})
	if err != nil {
		t.Error(err)
	}
	wantBookTrue(t, s)
}

// wantEndpointsTrue compares the endpoints of the book with the file.
func wantEndpointsTrue(tx *tx) error {
	file, err := readBook(tx.conn)
	if err != nil {
		return err
	}
	if tx.book.nextEvent < file.nextEvent || len(tx.book.byName) != len(file.byName) || len(tx.book.following) != len(file.following) {
		return fmt.Errorf("the book has %d endpoints, %d to be followed, and the next event at %d; the file %d, %d and %d",
			len(tx.book.byName), len(tx.book.following), tx.book.nextEvent, len(file.byName), len(file.following), file.nextEvent)
	}
	for name, e := range tx.book.byName {
		if said := file.byName[name]; said == nil || said.seq != e.seq || said.health != e.health || said.following != e.following {
			return fmt.Errorf("the book says %+v of endpoint %s, the file %+v", e, name, said)
		}
		first, err := tx.number(fmt.Sprintf("SELECT coalesce(min(wake), %d) FROM deliveries WHERE endpoint = %d", int64(never), e.seq))
		if err != nil {
			return err
		}
		if first < e.wake() {
			return fmt.Errorf("a delivery to endpoint %s wakes at %d, before %d, which the book says is the first", name, first, e.wake())
		}
	}
	return nil
}
