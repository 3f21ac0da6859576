package keyring

import "container/list"

// shelf keeps documents by their address, those asked for last in front. The
// ring's lock guards it.
type shelf struct {
	places map[address]*list.Element
	order  *list.List
	bytes  int
}

type place struct {
	address  address
	document *document
	// counted is what bytes counts of it.
	counted int
}

func newShelf() shelf { return shelf{places: map[address]*list.Element{}, order: list.New()} }

// find returns the document of an address, nil for none.
func (s *shelf) find(a address) *document {
	e, ok := s.places[a]
	if !ok {
		return nil
	}
	s.order.MoveToFront(e)
	return e.Value.(*place).document
}

// add returns a new document at an address that has none.
func (s *shelf) add(a address) *document {
	d := &document{}
	s.places[a] = s.order.PushFront(&place{address: a, document: d})
	s.evict()
	return d
}

// fit counts a document anew.
func (s *shelf) fit(d *document) {
	for e := s.order.Front(); e != nil; e = e.Next() {
		if p := e.Value.(*place); p.document == d {
			s.bytes += d.size - p.counted
			p.counted = d.size
			break
		}
	}
	s.evict()
}

// evict removes documents until the rest is within the bounds: first those without
// keys, so that what a stranger made up does not push out what is in use.
func (s *shelf) evict() {
	for _, withKeys := range []bool{false, true} {
		for e := s.order.Back(); e != nil && (len(s.places) > maxDocuments || s.bytes > maxBytes); {
			p, ahead := e.Value.(*place), e.Prev()
			if p.document.fetching == nil && e != s.order.Front() && p.document.holdsKeys() == withKeys {
				s.bytes -= p.counted
				s.order.Remove(e)
				delete(s.places, p.address)
			}
			e = ahead
		}
	}
}
