package tomlfile

import (
	"cmp"
	"encoding"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"
)

// decoder sets Go values from parsed ones, and goes on after a fault.
type decoder struct {
	file   string
	faults Faults
	// known are the keys of the structs that were met.
	known map[reflect.Type][]field
}

// value decodes into target, whose type [checkType] has passed.
func (d *decoder) value(at spot, value any, target reflect.Value) {
	for target.Kind() == reflect.Pointer {
		target = allocated(target)
	}
	t := target.Type()
	text, isText := value.(string)
	switch {
	case isUnmarshaler(t):
		d.refuse(at, target.Addr().Interface().(Unmarshaler).UnmarshalTOML(value))
	case isText && takesText(t):
		d.refuse(at, target.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(text)))
	case takesTable(t):
		d.table(at, value, target)
	case takesArray(t):
		d.array(at, value, target)
	case takesText(t):
		d.mismatch(at, value, t)
	case t == timeType:
		d.time(at, value, target)
	default:
		d.scalar(at, value, target)
	}
}

func (d *decoder) table(at spot, value any, target reflect.Value) {
	table, ok := value.(map[string]any)
	switch {
	case !ok:
		d.mismatch(at, value, target.Type())
	case target.Kind() == reflect.Map:
		d.mapEntries(at, table, target)
	default:
		d.structFields(at, table, target)
	}
}

func (d *decoder) structFields(at spot, table map[string]any, target reflect.Value) {
	fields := d.fieldsOf(target.Type())
	for _, name := range inOrder(at, table) {
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == name })
		if i < 0 {
			d.fault(at.child(name), "%s", unknownKey(name, fields))
			continue
		}
		d.value(at.child(name), table[name], fieldAt(target, fields[i].index))
	}
}

// fieldsOf is [fieldsOf], found once for the many tables of one type that a file
// may have.
func (d *decoder) fieldsOf(t reflect.Type) []field {
	fields, ok := d.known[t]
	if !ok {
		fields = fieldsOf(t)
		d.known[t] = fields
	}
	return fields
}

func (d *decoder) mapEntries(at spot, table map[string]any, target reflect.Value) {
	t := target.Type()
	if target.IsNil() {
		target.Set(reflect.MakeMap(t))
	}
	for _, name := range inOrder(at, table) {
		entry := reflect.New(t.Elem()).Elem()
		found := noun(table[name])
		if at.key != "" && isMapOfTables(t) && found != aTable && found != arrayOfTables {
			d.fault(at.child(name), "expected %s, found %s; the tables in %s have names, as in [%s.NAME]",
				aTable, found, at.key, at.key)
			continue
		}
		d.value(at.child(name), table[name], entry)
		target.SetMapIndex(reflect.ValueOf(name).Convert(t.Key()), entry)
	}
}

// inOrder returns the names of a table's keys in the order of the text.
func inOrder(at spot, table map[string]any) []string {
	return slices.SortedFunc(maps.Keys(table), func(a, b string) int {
		return cmp.Or(cmp.Compare(at.offsetOf(a), at.offsetOf(b)), cmp.Compare(a, b))
	})
}

func (d *decoder) array(at spot, value any, target reflect.Value) {
	array, ok := value.([]any)
	if !ok {
		d.mismatch(at, value, target.Type())
		return
	}
	target.Set(reflect.MakeSlice(target.Type(), len(array), len(array)))
	for i, element := range array {
		d.value(at.element(i), element, target.Index(i))
	}
}

func (d *decoder) time(at spot, value any, target reflect.Value) {
	moment, ok := value.(time.Time)
	switch {
	case !ok:
		d.mismatch(at, value, target.Type())
	case moment.Year() == 0:
		d.fault(at, "expected %s, found a time of day", wants(target.Type()))
	default:
		target.Set(reflect.ValueOf(moment))
	}
}

func (d *decoder) fault(at spot, format string, args ...any) {
	d.faults = append(d.faults, Fault{
		File: d.file, Line: at.line, Key: at.key,
		Message: oneLine(fmt.Sprintf(format, args...)),
	})
}

// refuse reports what a type said about its value. Faults with keys relative to
// the value get the whole key and its line.
func (d *decoder) refuse(at spot, err error) {
	for _, err := range flatten(err) {
		fault, ok := err.(Fault)
		switch {
		case !ok:
			d.fault(at, "%s", err)
		case fault.File == "":
			d.fault(at.find(fault.Key), "%s", fault.Message)
		default:
			d.faults = append(d.faults, fault)
		}
	}
}
