package tomlfile

import (
	"encoding"
	"fmt"
	"reflect"
	"time"
)

// Unmarshaler is a type that reads its own value, for forms that struct tags
// cannot say. Values come as string, int64, float64, bool, [time.Time], []any
// and map[string]any, and must not be changed.
//
// Its error is reported with the key and line of the value. If it comes from
// [DecodeValue], or is a [Fault] whose key is relative to the value and whose
// file is empty, then each fault is reported at its own key and line.
type Unmarshaler interface {
	// UnmarshalTOML sets the receiver, a pointer, from the value.
	UnmarshalTOML(value any) error
}

// Describer is a type that says what it takes, with its article, such as
// `a duration with its unit, such as "5m"`. A fault of type then reads
// "expected …, found an integer". It is called on the zero value.
type Describer interface {
	// DescribeTOML returns the phrase, without a full stop.
	DescribeTOML() string
}

var (
	unmarshalerType = reflect.TypeFor[Unmarshaler]()
	describerType   = reflect.TypeFor[Describer]()
	textType        = reflect.TypeFor[encoding.TextUnmarshaler]()
	timeType        = reflect.TypeFor[time.Time]()
	durationType    = reflect.TypeFor[time.Duration]()
)

func isUnmarshaler(t reflect.Type) bool { return reflect.PointerTo(t).Implements(unmarshalerType) }

func takesText(t reflect.Type) bool {
	return t != timeType && reflect.PointerTo(t).Implements(textType)
}

// takesTable says whether a table is decoded into t by its fields or entries.
func takesTable(t reflect.Type) bool {
	switch {
	case t.Kind() == reflect.Pointer:
		return takesTable(t.Elem())
	case isUnmarshaler(t) || t == timeType:
		return false
	case t.Kind() == reflect.Struct:
		return !takesText(t) || len(fieldsOf(t)) > 0
	}
	return t.Kind() == reflect.Map
}

// takesArray says whether an array is decoded into t element by element.
func takesArray(t reflect.Type) bool {
	return t.Kind() == reflect.Slice && (!takesText(t) || t.Elem().Kind() != reflect.Uint8)
}

// checkType panics if t, or a type below it that is not in seen, cannot be
// decoded.
func checkType(t reflect.Type, seen map[reflect.Type]bool) {
	if seen[t] {
		return
	}
	seen[t] = true
	switch {
	case t == durationType:
		panic("tomlfile: decode into time.Duration; use tomlfile.Duration")
	case isUnmarshaler(t) || t == timeType:
	case t.Kind() == reflect.Struct:
		for _, f := range fieldsOf(t) {
			checkType(f.typ, seen)
		}
	case t.Kind() == reflect.Pointer, takesArray(t):
		checkType(t.Elem(), seen)
	case t.Kind() == reflect.Map && t.Key().Kind() == reflect.String:
		checkType(t.Elem(), seen)
	case !takesText(t) && !isScalar(t):
		panic(fmt.Sprintf("tomlfile: cannot decode into %s", t))
	}
}

func isScalar(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Interface:
		return t.NumMethod() == 0
	case reflect.String, reflect.Bool, reflect.Float32, reflect.Float64:
		return true
	}
	return reflect.Zero(t).CanInt() || reflect.Zero(t).CanUint() && t.Kind() != reflect.Uintptr
}
