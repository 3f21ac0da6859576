package tomlfile

import (
	"reflect"
	"strconv"
	"time"
)

const (
	aString       = "a string"
	anInteger     = "an integer"
	aFloat        = "a float"
	aBoolean      = "a boolean"
	aDate         = "a date or date-time"
	anArray       = "an array"
	aTable        = "a table"
	arrayOfTables = "an array of tables"
)

// mismatch reports a value whose type t does not take.
func (d *decoder) mismatch(at spot, value any, t reflect.Type) {
	want, found := wants(t), noun(value)
	d.fault(at, "expected %s, found %s%s", want, found, remedy(at, t, value))
}

// wants says what a type takes.
func wants(t reflect.Type) string {
	switch {
	case t.Kind() == reflect.Pointer:
		return wants(t.Elem())
	case reflect.PointerTo(t).Implements(describerType):
		return reflect.New(t).Interface().(Describer).DescribeTOML()
	case t == timeType:
		return aDate
	case takesText(t):
		return aString + orElse(t)
	case takesTable(t):
		return aTable
	case takesArray(t) && takesTable(t.Elem()) && !takesText(t.Elem()):
		return arrayOfTables
	case takesArray(t):
		return anArray
	case t.Kind() == reflect.String:
		return aString
	case t.Kind() == reflect.Bool:
		return aBoolean
	case reflect.Zero(t).CanFloat():
		return "a number"
	}
	return anInteger
}

// orElse names the second form of a type that takes a string.
func orElse(t reflect.Type) string {
	switch {
	case takesTable(t):
		return " or " + aTable
	case takesArray(t):
		return " or " + anArray
	}
	return ""
}

// noun says what a value is.
func noun(value any) string {
	switch value := value.(type) {
	case string:
		return aString
	case int64:
		return anInteger
	case float64:
		return aFloat
	case bool:
		return aBoolean
	case time.Time:
		return aDate
	case []any:
		if len(value) > 0 && noun(value[0]) == aTable {
			return arrayOfTables
		}
		return anArray
	}
	return aTable
}

// remedy says how the commonest slips are put right.
func remedy(at spot, t reflect.Type, value any) string {
	want := wants(t)
	text, isText := value.(string)
	_, isTable := value.(map[string]any)
	_, isArray := value.([]any)
	switch {
	case want == aString && !isTable && !isArray:
		return "; write it in quotes"
	case want == aBoolean && (text == "true" || text == "false"):
		return "; write it without quotes"
	case want == aDate && isText:
		return "; write it without quotes"
	case want == anInteger && isText:
		if _, err := strconv.ParseInt(text, 0, 64); err == nil {
			return "; write it without quotes"
		}
	case want == anArray && !isTable:
		return "; write it in brackets"
	case want == arrayOfTables && isTable:
		return "; write [[" + at.key + "]] for each"
	case want == aTable && at.place != nil && at.place.headed:
		if isMapOfTables(t) {
			return "; write [" + at.key + ".NAME] in single brackets for each"
		}
		return "; write [" + at.key + "] in single brackets"
	}
	return ""
}

// isMapOfTables says whether t holds tables by name, as [source.NAME] does.
func isMapOfTables(t reflect.Type) bool {
	return t.Kind() == reflect.Map && wants(t.Elem()) == aTable
}
