package jsonvalue

import (
	"errors"
	"slices"
)

// ErrNotCanonical reports a text that RFC 8785 gives no form: an object has a
// name twice, or a text holds a lone surrogate or is not UTF-8.
var ErrNotCanonical = errors.New("the text has no canonical form")

// AppendCanonical appends to dst the form of src that RFC 8785 (JSON
// Canonicalization Scheme) defines: what JSON.stringify writes, with the members
// of every object in the order of the UTF-16 code units of their names.
//
// It returns dst as it was with a [SyntaxError], with [ErrDepth], or with
// [ErrNotCanonical].
func AppendCanonical(dst, src []byte) ([]byte, error) {
	if Ambiguity(src) != "" {
		if _, err := Parse(src); err != nil {
			return dst, err
		}
		return dst, ErrNotCanonical
	}
	v, err := Parse(src)
	if err != nil {
		return dst, err
	}
	return appendCanonical(dst, v)
}

func appendCanonical(dst []byte, v *Value) ([]byte, error) {
	var err error
	switch v.Kind {
	case Object:
		return appendSorted(dst, v.Members)
	case Array:
		dst = append(dst, '[')
		for i := range v.Items {
			if i > 0 {
				dst = append(dst, ',')
			}
			if dst, err = appendCanonical(dst, &v.Items[i]); err != nil {
				return dst, err
			}
		}
		return append(dst, ']'), nil
	}
	return AppendStringify(dst, v.Raw)
}

func appendSorted(dst []byte, members []Member) ([]byte, error) {
	type named struct {
		units []uint16
		*Member
	}
	order := make([]named, len(members))
	for i := range members {
		order[i] = named{AppendUTF16(nil, members[i].Name), &members[i]}
	}
	slices.SortFunc(order, func(a, b named) int { return slices.Compare(a.units, b.units) })
	dst = append(dst, '{')
	for i, m := range order {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(AppendQuote(dst, m.Name), ':')
		var err error
		if dst, err = appendCanonical(dst, &m.Value); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}
