package worker

import (
	"encoding"
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
)

// maxDepth bounds how deep values nest: digests in the parts of a digest do.
const maxDepth = 64

// errWire reports bytes that are no value of the type that is read.
var errWire = errors.New("malformed message")

// wireReader reads values from bytes that may be anything. What it allocates is
// in proportion to how many bytes there are.
type wireReader struct{ rest []byte }

// readValue fills the value that v, a pointer, leads to from all of the bytes.
// Byte slices in it share their memory.
func readValue(b []byte, v any) error {
	r := &wireReader{b}
	if err := r.value(reflect.ValueOf(v).Elem(), 0); err != nil {
		return err
	}
	if len(r.rest) > 0 {
		return fmt.Errorf("%w: %d bytes are left over", errWire, len(r.rest))
	}
	return nil
}

func (r *wireReader) value(v reflect.Value, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("%w: it is nested deeper than %d", errWire, maxDepth)
	}
	if u, ok := v.Addr().Interface().(encoding.BinaryUnmarshaler); ok {
		return r.marshaled(u)
	}
	switch v.Kind() {
	case reflect.Bool, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return r.number(v)
	case reflect.String:
		text, err := r.text()
		v.SetString(string(text))
		return err
	case reflect.Pointer:
		return r.pointer(v, depth)
	case reflect.Struct:
		for i := range v.NumField() {
			if err := r.value(v.Field(i), depth+1); err != nil {
				return err
			}
		}
		return nil
	case reflect.Slice:
		return r.slice(v, depth)
	case reflect.Map:
		return r.table(v, depth)
	}
	return fmt.Errorf("a value of type %s cannot be received", v.Type())
}

func (r *wireReader) marshaled(u encoding.BinaryUnmarshaler) error {
	text, err := r.text()
	if err != nil {
		return err
	}
	if err := u.UnmarshalBinary(text); err != nil {
		return fmt.Errorf("%w: %w", errWire, err)
	}
	return nil
}

func (r *wireReader) number(v reflect.Value) error {
	if v.CanInt() {
		n, size := binary.Varint(r.rest)
		if size <= 0 || v.OverflowInt(n) {
			return fmt.Errorf("%w: no %s", errWire, v.Type())
		}
		v.SetInt(n)
		r.rest = r.rest[size:]
		return nil
	}
	n, err := r.unsigned()
	switch {
	case err != nil:
		return err
	case v.Kind() == reflect.Bool && n <= 1:
		v.SetBool(n == 1)
	case v.Kind() == reflect.Bool || v.OverflowUint(n):
		return fmt.Errorf("%w: %d is no %s", errWire, n, v.Type())
	default:
		v.SetUint(n)
	}
	return nil
}

func (r *wireReader) unsigned() (uint64, error) {
	n, size := binary.Uvarint(r.rest)
	if size <= 0 {
		return 0, fmt.Errorf("%w: a number is cut off", errWire)
	}
	r.rest = r.rest[size:]
	return n, nil
}

func (r *wireReader) text() ([]byte, error) {
	n, err := r.unsigned()
	if err != nil {
		return nil, err
	}
	if n > uint64(len(r.rest)) {
		return nil, fmt.Errorf("%w: a text of %d bytes where %d are left", errWire, n, len(r.rest))
	}
	text := r.rest[:n:n]
	r.rest = r.rest[n:]
	return text, nil
}

func (r *wireReader) pointer(v reflect.Value, depth int) error {
	n, err := r.unsigned()
	switch {
	case err != nil || n == 0:
		return err
	case n > 1:
		return fmt.Errorf("%w: %d is neither nil nor a pointer", errWire, n)
	}
	v.Set(reflect.New(v.Type().Elem()))
	return r.value(v.Elem(), depth+1)
}

// count reads a length whose items, of at least so many bytes each, can still
// follow, and reports whether there is no list at all.
func (r *wireReader) count(least int) (n int, isNil bool, err error) {
	written, err := r.unsigned()
	switch {
	case err != nil:
		return 0, false, err
	case written == 0:
		return 0, true, nil
	case written-1 > uint64(len(r.rest)/least):
		return 0, false, fmt.Errorf("%w: a list of %d items in %d bytes", errWire, written-1, len(r.rest))
	}
	return int(written - 1), false, nil
}

func (r *wireReader) slice(v reflect.Value, depth int) error {
	item := v.Type().Elem()
	n, isNil, err := r.count(leastSize(item))
	if err != nil || isNil {
		return err
	}
	if item.Kind() == reflect.Uint8 {
		v.SetBytes(r.rest[:n:n])
		r.rest = r.rest[n:]
		return nil
	}
	v.Set(reflect.MakeSlice(v.Type(), n, n))
	for i := range n {
		if err := r.value(v.Index(i), depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (r *wireReader) table(v reflect.Value, depth int) error {
	t := v.Type()
	n, isNil, err := r.count(leastSize(t.Key()) + leastSize(t.Elem()))
	if err != nil || isNil {
		return err
	}
	v.Set(reflect.MakeMap(t))
	for range n {
		key, value := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
		if err := r.value(key, depth+1); err != nil {
			return err
		}
		if err := r.value(value, depth+1); err != nil {
			return err
		}
		v.SetMapIndex(key, value)
	}
	return nil
}

// leastSize is the fewest bytes in which a value of the type is written.
func leastSize(t reflect.Type) int {
	if t.Kind() != reflect.Struct || t.Implements(reflect.TypeFor[marshaler]()) {
		return 1
	}
	least := 0
	for i := range t.NumField() {
		least += leastSize(t.Field(i).Type)
	}
	return max(least, 1)
}
