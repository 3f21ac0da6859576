package jsonvalue

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

// disorder is an object that was written in the order of its source and belongs
// in another one.
type disorder struct {
	object span // in writer.out, with its braces
	// members[first:last] of the writer are those that ECMAScript has.
	first, last int
}

// closeObject forgets the names of the object that out ends with, and notes the
// object if ECMAScript has its members in another order or drops some.
func (w *writer) closeObject() {
	open := w.opens[len(w.opens)-1]
	names := w.names[open:]
	w.opens = w.opens[:len(w.opens)-1]
	w.names = w.names[:open]
	if indexesLead(w.out, names) && !w.set.repeated(w.out, names) {
		return
	}
	d := disorder{object: span{names[0].start - 1, len(w.out)}, first: len(w.members)}
	w.arrange(names)
	d.last = len(w.members)
	w.disordered = append(w.disordered, d)
}

// indexesLead reports whether the names that are array indexes stand before all
// others and ascend.
func indexesLead(text []byte, names []span) bool {
	last, others := int64(-1), false
	for _, n := range names {
		index, ok := arrayIndex(text[n.start+1 : n.end-1])
		switch {
		case !ok:
			others = true
		case others || index <= last:
			return false
		default:
			last = index
		}
	}
	return true
}

// arrayIndex reads a name that is an array index of ECMA-262: the canonical
// decimal form of an integer from 0 to 2³²-2.
func arrayIndex(name []byte) (int64, bool) {
	if len(name) == 0 || len(name) > 10 || name[0] == '0' && len(name) > 1 {
		return 0, false
	}
	index := int64(0)
	for _, c := range name {
		if !isDigit(c) {
			return 0, false
		}
		index = index*10 + int64(c-'0')
	}
	return index, index < math.MaxUint32
}

// arrange appends to w.members the members of the object that out ends with, as
// OrdinaryOwnPropertyKeys orders them: array indexes ascending, then the other
// names as they were first seen; each with the value that was seen last.
func (w *writer) arrange(names []span) {
	type property struct {
		index int64 // math.MaxInt64 for another name
		value int   // the number of the member whose value it has
	}
	properties := make([]property, 0, len(names))
	position := make([]int, len(names)) // of a member in properties
	w.set.begin(w.out, names)
	for i, n := range names {
		if first := w.set.first(i); first != i {
			properties[position[first]].value = i
			continue
		}
		index, ok := arrayIndex(w.out[n.start+1 : n.end-1])
		if !ok {
			index = math.MaxInt64
		}
		position[i] = len(properties)
		properties = append(properties, property{index, i})
	}
	slices.SortStableFunc(properties, func(a, b property) int { return cmp.Compare(a.index, b.index) })
	for _, p := range properties {
		end := len(w.out) - 1 // the closing brace
		if p.value+1 < len(names) {
			end = names[p.value+1].start - 1 // the comma
		}
		w.members = append(w.members, span{names[p.value].start, end})
	}
}

// reordered returns out with every disordered object in its order. A byte is
// copied at most twice, however deep such objects are nested.
func (w *writer) reordered() []byte {
	r := reorder{
		text:    slices.Clone(w.out[w.base:]),
		base:    w.base,
		out:     w.out[:w.base],
		objects: w.disordered,
		members: w.members,
	}
	// They were noted as they ended; outer objects begin before inner ones.
	slices.SortFunc(r.objects, func(a, b disorder) int { return cmp.Compare(a.object.start, b.object.start) })
	r.copy(span{w.base, len(w.out)})
	return r.out
}

// reorder copies a text, and the objects in it in their order.
type reorder struct {
	text    []byte
	base    int // what the offsets of spans count from, before text
	out     []byte
	objects []disorder
	members []span
}

// copy appends a piece of text that holds whole objects or none of each.
func (r *reorder) copy(piece span) {
	for {
		i := sort.Search(len(r.objects), func(i int) bool { return r.objects[i].object.start >= piece.start })
		if i == len(r.objects) || r.objects[i].object.start >= piece.end {
			break
		}
		object := r.objects[i]
		r.verbatim(piece.start, object.object.start)
		r.object(object)
		piece.start = object.object.end
	}
	r.verbatim(piece.start, piece.end)
}

func (r *reorder) verbatim(start, end int) {
	r.out = append(r.out, r.text[start-r.base:end-r.base]...)
}

func (r *reorder) object(d disorder) {
	r.out = append(r.out, '{')
	for i, member := range r.members[d.first:d.last] {
		if i > 0 {
			r.out = append(r.out, ',')
		}
		r.copy(member)
	}
	r.out = append(r.out, '}')
}
