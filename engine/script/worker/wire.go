package worker

import (
	"encoding"
	"encoding/binary"
	"fmt"
	"reflect"
)

// marshaler is what values bring along that are not made of exported fields,
// such as times and addresses.
type marshaler = encoding.BinaryMarshaler

// appendValue writes a value: numbers as varints, texts and lists after their
// length, structs field by field. Lists and maps keep whether they are nil.
func appendValue(b []byte, v reflect.Value) ([]byte, error) {
	if m, ok := v.Interface().(marshaler); ok {
		text, err := m.MarshalBinary()
		return appendText(b, text), err
	}
	switch v.Kind() {
	case reflect.Bool:
		if v.Bool() {
			return append(b, 1), nil
		}
		return append(b, 0), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return binary.AppendVarint(b, v.Int()), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return binary.AppendUvarint(b, v.Uint()), nil
	case reflect.String:
		return appendText(b, v.String()), nil
	case reflect.Pointer:
		if v.IsNil() {
			return append(b, 0), nil
		}
		return appendValue(append(b, 1), v.Elem())
	case reflect.Struct:
		return appendFields(b, v)
	case reflect.Slice:
		return appendSlice(b, v)
	case reflect.Map:
		return appendMap(b, v)
	}
	return b, fmt.Errorf("a value of type %s cannot be sent", v.Type())
}

func appendText[T string | []byte](b []byte, text T) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

func appendFields(b []byte, v reflect.Value) (_ []byte, err error) {
	for i := range v.NumField() {
		if !v.Type().Field(i).IsExported() {
			return b, fmt.Errorf("a value of type %s cannot be sent", v.Type())
		}
		if b, err = appendValue(b, v.Field(i)); err != nil {
			return b, err
		}
	}
	return b, nil
}

// appendCount writes a length plus one, and zero for nil.
func appendCount(b []byte, v reflect.Value) []byte {
	if v.IsNil() {
		return append(b, 0)
	}
	return binary.AppendUvarint(b, uint64(v.Len())+1)
}

func appendSlice(b []byte, v reflect.Value) (_ []byte, err error) {
	b = appendCount(b, v)
	if v.Type().Elem().Kind() == reflect.Uint8 {
		return append(b, v.Bytes()...), nil
	}
	for i := range v.Len() {
		if b, err = appendValue(b, v.Index(i)); err != nil {
			return b, err
		}
	}
	return b, nil
}

func appendMap(b []byte, v reflect.Value) (_ []byte, err error) {
	b = appendCount(b, v)
	for entries := v.MapRange(); entries.Next(); {
		if b, err = appendValue(b, entries.Key()); err != nil {
			return b, err
		}
		if b, err = appendValue(b, entries.Value()); err != nil {
			return b, err
		}
	}
	return b, nil
}
