package tomlfile

import (
	"fmt"
	"reflect"
	"strings"
)

// field is a key that a struct knows.
type field struct {
	name  string
	index []int
	typ   reflect.Type
}

// fieldsOf returns the keys of a struct in the order of its fields, those of
// embedded structs among them. It panics if two fields have one name, or if an
// embedded pointer could not be set.
func fieldsOf(t reflect.Type) []field {
	var fields []field
	seen := map[string]bool{}
	collectFields(t, nil, func(f field) {
		if seen[f.name] {
			panic(fmt.Sprintf("tomlfile: %s has two fields for the key %s", t, f.name))
		}
		seen[f.name] = true
		fields = append(fields, f)
	})
	return fields
}

func collectFields(t reflect.Type, outer []int, collect func(field)) {
	for i := range t.NumField() {
		sf := t.Field(i)
		index := append(outer[:len(outer):len(outer)], i)
		name, _, _ := strings.Cut(sf.Tag.Get("toml"), ",")
		embedded := sf.Type
		if sf.Anonymous && embedded.Kind() == reflect.Pointer {
			embedded = embedded.Elem()
		}
		switch {
		case name == "-":
		case name != "" && sf.IsExported():
			collect(field{name, index, sf.Type})
		case name != "":
			panic(fmt.Sprintf("tomlfile: %s.%s has a key and is not exported", t, sf.Name))
		case !sf.Anonymous || embedded.Kind() != reflect.Struct:
		case embedded != sf.Type && !sf.IsExported():
			panic(fmt.Sprintf("tomlfile: %s embeds the unexported pointer %s", t, sf.Name))
		default:
			collectFields(embedded, index, collect)
		}
	}
}

// fieldAt returns a field of a struct, and allocates the embedded pointers on
// the way.
func fieldAt(target reflect.Value, index []int) reflect.Value {
	for depth, i := range index {
		if depth > 0 && target.Kind() == reflect.Pointer {
			target = allocated(target)
		}
		target = target.Field(i)
	}
	return target
}

// allocated returns what a pointer points to, and makes it where it is nil.
func allocated(pointer reflect.Value) reflect.Value {
	if pointer.IsNil() {
		pointer.Set(reflect.New(pointer.Type().Elem()))
	}
	return pointer.Elem()
}
