package jsonvalue

import "strings"

// Count returns how many items the array at a path such as "a.b" has, none where
// the path leads to anything else.
//
// It returns [ErrDuplicate] when an object on the path has the path's next name
// twice, and a [SyntaxError] or [ErrDepth] wherever the fault is.
func Count(src []byte, path string) (int, error) {
	at, err := Parse(src)
	if err != nil {
		return 0, err
	}
	for name := range strings.SplitSeq(path, ".") {
		var next *Value
		for i := range at.Members {
			if at.Members[i].Name != name {
				continue
			}
			if next != nil {
				return 0, ErrDuplicate
			}
			next = &at.Members[i].Value
		}
		if next == nil {
			return 0, nil
		}
		at = next
	}
	return len(at.Items), nil
}
