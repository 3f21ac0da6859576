package script

import (
	"bytes"
	"reflect"
	"slices"
	"unicode/utf8"

	"github.com/dop251/goja"
)

// content reads the body of an output: from data, unless body alone was changed.
func (r *outputReader) content(where string, object *goja.Object) (content []byte, isJSON bool, err error) {
	body, rewritten := r.body(object)
	data := r.get(object, "data")
	if data == nil || goja.IsUndefined(data) {
		switch {
		case rewritten:
			content, err = r.raw(where, body)
			return content, false, err
		case body == nil && object != r.self && !r.copiesBinary(object):
			return nil, false, abiFault("%s: it has neither data nor body", where)
		}
		return bytes.Clone(r.ev.Body), false, nil
	}
	w := &jsonWriter{call: r.call, limit: r.left}
	switch pristine := r.pristine(w, data); {
	case pristine && rewritten:
		content, err = r.raw(where, body)
		return content, false, err
	case pristine:
		return bytes.Clone(r.ev.Body), true, nil
	case rewritten:
		return nil, false, abiFault("%s: data and body were both changed; change one and leave the other as it is", where)
	}
	written, err := w.member("", nil, data)
	if err == nil && !written {
		err = abiFault("%s: data is %s, which JSON cannot carry", where, describe(data))
	}
	return w.out, true, err
}

// copiesBinary reports whether an object is a copy of an event whose body is no
// text: it has the member body, undefined as in the event.
func (r *outputReader) copiesBinary(object *goja.Object) bool {
	return !utf8.Valid(r.ev.Body) && slices.Contains(object.Keys(), "body")
}

// body gives the body member of an output, nil for none, and reports whether it
// is another than the event came with.
func (r *outputReader) body(object *goja.Object) (goja.Value, bool) {
	body := r.get(object, "body")
	if body == nil || goja.IsUndefined(body) {
		return nil, false
	}
	return body, !goja.IsString(body) || body.String() != string(r.ev.Body)
}

// get returns a member of an output. What nobody has read in the event is not
// made for this: it is nil, as if it were left out.
func (r *outputReader) get(object *goja.Object, name string) goja.Value {
	if object == r.self && !r.members.made(name) {
		return nil
	}
	return object.Get(name)
}

// pristine reports whether data is the event's own, as it came.
func (r *outputReader) pristine(w *jsonWriter, data goja.Value) bool {
	if r.data == nil || !r.data.SameAs(data) {
		return false
	}
	object, ok := data.(*goja.Object)
	return !ok || !w.touched(object, r.call.parsed[object])
}

// raw reads a body that the script wrote.
func (r *outputReader) raw(where string, body goja.Value) ([]byte, error) {
	if body != nil && goja.IsString(body) {
		return []byte(body.String()), nil
	}
	if object, ok := body.(*goja.Object); ok {
		switch object.ExportType() {
		case reflect.TypeFor[[]byte](), reflect.TypeFor[goja.ArrayBuffer]():
			switch exported := object.Export().(type) {
			case []byte:
				return bytes.Clone(exported), nil
			case goja.ArrayBuffer:
				return bytes.Clone(exported.Bytes()), nil
			}
		}
	}
	return nil, abiFault("%s: body is %s, want a string, a Uint8Array or an ArrayBuffer; an object goes under data", where, describe(body))
}
