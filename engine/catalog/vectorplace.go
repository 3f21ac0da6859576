package catalog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine/tomlfile"
)

// vectorSource is the text of one vector in its file.
type vectorSource struct {
	file string
	raw  []byte
	// line is that of its first byte.
	line int
	name string
}

// fault is a fault of the vector at a key, at the line where that stands, or where
// the closest table above it does.
func (t *vectorSource) fault(key, format string, args ...any) tomlfile.Fault {
	message := fmt.Sprintf(format, args...)
	if t.name != "" {
		message += " (vector " + t.name + ")"
	}
	return tomlfile.Fault{File: t.file, Line: t.lineOf(key), Key: key, Message: message}
}

func (t *vectorSource) lineOf(key string) int {
	places := map[string]int64{}
	t.walk(func(path string, offset int64) { places[path] = offset })
	for ; key != ""; key = parentKey(key) {
		if offset, ok := places[key]; ok {
			return t.line + bytes.Count(t.raw[:offset], []byte{'\n'})
		}
	}
	return t.line
}

func parentKey(key string) string { return key[:max(0, strings.LastIndexByte(key, '.'))] }

// walk calls visit with every key of an object that is not in a list, and where
// it ends.
func (t *vectorSource) walk(visit func(path string, offset int64)) {
	dec := json.NewDecoder(bytes.NewReader(t.raw))
	var value func(path string, listed bool) bool
	value = func(path string, listed bool) bool {
		token, err := dec.Token()
		if err != nil {
			return false
		}
		switch token {
		case json.Delim('{'):
			for dec.More() {
				key, err := dec.Token()
				if err != nil {
					return false
				}
				below := strings.TrimPrefix(path+"."+fmt.Sprint(key), ".")
				if !listed {
					visit(below, dec.InputOffset())
				}
				if !value(below, listed) {
					return false
				}
			}
		case json.Delim('['):
			for dec.More() {
				if !value(path, true) {
					return false
				}
			}
		default:
			return true
		}
		_, err = dec.Token()
		return err == nil
	}
	value("", false)
}

// explain turns an error of package json into a fault that says where it is and
// what would be right.
func (t *vectorSource) explain(err error) error {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return t.fault(wrong.Field, "is a %s, want %s", wrong.Value, wanted(wrong.Type))
	}
	if wrong, ok := errors.AsType[*time.ParseError](err); ok {
		return t.fault("at", "is %s, want RFC 3339 such as 2026-01-02T03:04:05Z", strings.ReplaceAll(fmt.Sprintf("%q", wrong.Value), `\"`, ""))
	}
	var unknown error
	t.walk(func(path string, _ int64) {
		if unknown == nil {
			unknown = t.checkKey(path)
		}
	})
	if unknown != nil {
		return unknown
	}
	return t.fault("", "%s", err)
}

// checkKey reports a key that vectors do not have.
func (t *vectorSource) checkKey(path string) error {
	names := strings.Split(path, ".")
	at := reflect.TypeFor[Vector]()
	for i, name := range names {
		if at.Kind() != reflect.Struct {
			return nil // a map, which takes any key
		}
		known := jsonKeys(at)
		field := slices.Index(known, name)
		if field < 0 {
			where := "a vector"
			if i > 0 {
				where = strings.Join(names[:i], ".")
			}
			if meant, ok := tomlfile.Closest(name, known); ok {
				return t.fault(path, "is no key of %s; did you mean %q?", where, meant)
			}
			return t.fault(path, "is no key of %s; known keys are %s", where, strings.Join(known, ", "))
		}
		at = at.Field(field).Type
		if at.Kind() == reflect.Pointer {
			at = at.Elem()
		}
	}
	return nil
}

// jsonKeys lists the keys of a struct, in the order of its fields.
func jsonKeys(t reflect.Type) []string {
	var keys []string
	for i := range t.NumField() {
		if f := t.Field(i); f.IsExported() {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			keys = append(keys, name)
		}
	}
	return keys
}

// wanted says what a value of a vector must be.
func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a text"
	case reflect.Int:
		return "a number"
	case reflect.Map:
		return "an object of texts"
	case reflect.Slice:
		if t.Elem().Kind() == reflect.String {
			return "a list of texts"
		}
		if t.Elem().Kind() == reflect.Array {
			return `a list of pairs such as ["X-Name", "value"]`
		}
		return "a list"
	case reflect.Array:
		return `a pair such as ["X-Name", "value"]`
	}
	return "an object"
}
