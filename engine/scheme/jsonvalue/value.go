package jsonvalue

// Kind is the kind of a JSON value.
type Kind uint8

// The kinds.
const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
)

// String returns the kind's name in lower case.
func (k Kind) String() string {
	switch k {
	case Null:
		return "null"
	case Bool:
		return "bool"
	case Number:
		return "number"
	case String:
		return "string"
	case Array:
		return "array"
	case Object:
		return "object"
	}
	return "unknown"
}

// Value is a JSON value as it was written.
type Value struct {
	// Kind says which of the other fields hold something.
	Kind Kind
	// Raw is the source of the value, a subslice of the text.
	Raw []byte
	// Members are those of an Object in the order of the source, members of the
	// same name among them.
	Members []Member
	// Items are those of an Array.
	Items []Value
}

// Member is a named value of an object.
type Member struct {
	// Name is decoded, as WTF-8 (see the package comment).
	Name string
	// Value is what stands behind the name.
	Value Value
}

// Text returns a String decoded, as WTF-8 (see the package comment), and any
// other value as its source: "true", "null", "1.50", "[1, 2]".
func (v *Value) Text() string {
	if v.Kind == String {
		return decoded(v.Raw)
	}
	return string(v.Raw)
}

// Get returns the member of an Object that has this name, in WTF-8. Where there
// are several it is the last, as in ECMAScript.
func (v *Value) Get(name string) (*Value, bool) {
	for i := len(v.Members) - 1; i >= 0; i-- {
		if v.Members[i].Name == name {
			return &v.Members[i].Value, true
		}
	}
	return nil, false
}
