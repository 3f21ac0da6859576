package script

import (
	"reflect"

	"github.com/dop251/goja"

	"github.com/hookseal/hookseal/engine/webhook"
)

// marker stands for a part of a message that a script refers to and never
// holds: the body and the secret.
type marker struct{ kind webhook.PartKind }

var _ goja.DynamicObject = marker{}

// Get hides the conversions to text that every object has: text made of a
// marker would be signed as that text.
func (m marker) Get(name string) goja.Value {
	switch name {
	case "toString", "valueOf", "toJSON":
		return goja.Undefined()
	}
	return nil
}

// Set refuses.
func (m marker) Set(string, goja.Value) bool { return false }

// Has reports false.
func (m marker) Has(string) bool { return false }

// Delete refuses.
func (m marker) Delete(string) bool { return false }

// Keys lists none.
func (m marker) Keys() []string { return nil }

func asHandle(v goja.Value) (*handle, bool) { return hostObject[*handle](v) }

func asMarker(v goja.Value) (marker, bool) { return hostObject[marker](v) }

// hostObject gives the Go value behind an object that the host made.
func hostObject[T any](v goja.Value) (host T, ok bool) {
	object, isObject := v.(*goja.Object)
	if !isObject || object.ExportType() != reflect.TypeFor[T]() {
		return host, false
	}
	host, ok = object.Export().(T)
	return host, ok
}
