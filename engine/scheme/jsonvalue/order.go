package jsonvalue

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

// ordering notes the objects of a written text whose members ECMAScript has in
// another order, or not all of them, and writes these again.
type ordering struct {
	objects []disorder
	members []span
}

// disorder is an object that was written as its source has it. Offsets count
// from the beginning of the output.
type disorder struct {
	object span // with its braces
	// members[first:last] of the ordering are those that ECMAScript has.
	first, last int
}

// judge looks at the object that out ends with. Its names stand in out with
// their quotes, and there two names are equal when their bytes are.
func (o *ordering) judge(set *nameSet, out []byte, names []span) {
	if indexesLead(out, names) && !set.repeated(out, names) {
		return
	}
	d := disorder{object: span{names[0].start - 1, len(out)}, first: len(o.members)}
	o.arrange(set, out, names)
	d.last = len(o.members)
	o.objects = append(o.objects, d)
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

// arrange appends to o.members the members of the object that out ends with, as
// OrdinaryOwnPropertyKeys orders them: array indexes ascending, then the other
// names as they were first seen; each with the value that was seen last.
func (o *ordering) arrange(set *nameSet, out []byte, names []span) {
	type property struct {
		index int64 // math.MaxInt64 for another name
		value int   // the number of the member whose value it has
	}
	properties := make([]property, 0, len(names))
	position := make([]int, len(names)) // of a member in properties
	set.begin(len(names))
	for i, n := range names {
		if first := set.first(out, names, i); first != i {
			properties[position[first]].value = i
			continue
		}
		index, ok := arrayIndex(out[n.start+1 : n.end-1])
		if !ok {
			index = math.MaxInt64
		}
		position[i] = len(properties)
		properties = append(properties, property{index, i})
	}
	slices.SortStableFunc(properties, func(a, b property) int { return cmp.Compare(a.index, b.index) })
	for _, p := range properties {
		end := len(out) - 1 // the closing brace
		if p.value+1 < len(names) {
			end = names[p.value+1].start - 1 // the comma
		}
		o.members = append(o.members, span{names[p.value].start, end})
	}
}

// apply returns out with every object in its order; the text begins at base. A
// byte is copied at most twice, however deep such objects are nested.
func (o *ordering) apply(out []byte, base int) []byte {
	if len(o.objects) == 0 {
		return out
	}
	// They were noted as they ended; outer objects begin before inner ones.
	slices.SortFunc(o.objects, func(a, b disorder) int { return cmp.Compare(a.object.start, b.object.start) })
	ordered := o.appendPiece(make([]byte, 0, len(out)-base), out, span{base, len(out)})
	return append(out[:base], ordered...)
}

// appendPiece appends a piece of text that holds whole objects or none of each.
func (o *ordering) appendPiece(dst, text []byte, piece span) []byte {
	for {
		i := sort.Search(len(o.objects), func(i int) bool { return o.objects[i].object.start >= piece.start })
		if i == len(o.objects) || o.objects[i].object.start >= piece.end {
			return append(dst, piece.of(text)...)
		}
		d := o.objects[i]
		dst = append(dst, text[piece.start:d.object.start]...)
		dst = o.appendObject(dst, text, d)
		piece.start = d.object.end
	}
}

func (o *ordering) appendObject(dst, text []byte, d disorder) []byte {
	dst = append(dst, '{')
	for i, member := range o.members[d.first:d.last] {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = o.appendPiece(dst, text, member)
	}
	return append(dst, '}')
}
