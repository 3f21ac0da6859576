package script

import (
	"reflect"
	"strconv"

	"github.com/dop251/goja"

	"github.com/hookseal/hookseal/engine/scheme/jsonvalue"
	"github.com/hookseal/hookseal/engine/webhook"
)

// jsonWriter writes values as JSON.stringify would, but for what came from JSON
// and was not touched: that is written with its source text.
type jsonWriter struct {
	call *call
	out  []byte
	// limit is the most bytes that may be written.
	limit int64
	depth int
}

// value appends a value, null for one that JSON has no text for.
func (w *jsonWriter) value(v goja.Value) error {
	written, err := w.member("", nil, v)
	if err == nil && !written {
		w.out = append(w.out, "null"...)
	}
	return err
}

// member appends a name, if prefix is not nil, and a value. It appends neither
// for undefined, functions and symbols, and reports that.
func (w *jsonWriter) member(key string, prefix []byte, v goja.Value) (bool, error) {
	object, ok := v.(*goja.Object)
	if ok && w.call.parsed[object] == nil {
		v = w.unboxed(key, object)
		object, ok = v.(*goja.Object)
	}
	if v == nil || goja.IsUndefined(v) {
		return false, nil
	}
	if ok {
		if _, callable := goja.AssertFunction(object); callable {
			return false, nil
		}
		w.out = append(w.out, prefix...)
		return true, w.container(object)
	}
	if _, symbol := v.(*goja.Symbol); symbol {
		return false, nil
	}
	w.out = append(w.out, prefix...)
	if err := w.primitive(v); err != nil {
		return false, err
	}
	return true, w.checkLimit()
}

// unboxed applies toJSON, and gives the primitive of a Number, String or
// Boolean object.
func (w *jsonWriter) unboxed(key string, object *goja.Object) goja.Value {
	if method, ok := goja.AssertFunction(object.Get("toJSON")); ok {
		v, err := method(object, w.call.vm.ToValue(key))
		if err != nil {
			panic(err)
		}
		var isObject bool
		if object, isObject = v.(*goja.Object); !isObject {
			return v
		}
	}
	switch object.ClassName() {
	case "Number":
		return object.ToNumber()
	case "String":
		return object.ToString()
	case "Boolean", "BigInt":
		return w.call.vm.ToValue(object.Export())
	}
	return object
}

func (w *jsonWriter) primitive(v goja.Value) error {
	if text, ok := v.(goja.String); ok {
		w.out = appendQuoted(w.out, text)
		return nil
	}
	switch v := v.Export().(type) {
	case nil:
		w.out = append(w.out, "null"...)
	case bool:
		w.out = strconv.AppendBool(w.out, v)
	case int64:
		w.out = strconv.AppendInt(w.out, v, 10)
	case float64:
		if v-v != 0 { // an infinity or NaN
			w.out = append(w.out, "null"...)
			break
		}
		w.out = jsonvalue.AppendNumber(w.out, v)
	default:
		return abiFault("returned a BigInt, which JSON cannot carry: use a number or a string")
	}
	return nil
}

// container appends an array or object.
func (w *jsonWriter) container(object *goja.Object) error {
	if w.depth++; w.depth > jsonvalue.MaxDepth {
		return abiFault("returned data nested deeper than %d, or containing itself", jsonvalue.MaxDepth)
	}
	defer func() { w.depth-- }()
	built := w.call.parsed[object]
	switch {
	case built != nil && !w.touched(object, built):
		w.out = append(w.out, built.source.Raw...)
		return w.checkLimit()
	case built != nil && built.source.Kind == jsonvalue.Array:
		return w.array(object, built)
	case built != nil:
		return w.parsedObject(object, built)
	case isArray(object):
		return w.array(object, &container{source: &jsonvalue.Value{}})
	default:
		return w.plainObject(object)
	}
}

// isArray reports whether an object is an array, also behind a proxy.
func isArray(object *goja.Object) bool {
	for object.ExportType() == reflect.TypeFor[goja.Proxy]() {
		proxy, _ := object.Export().(goja.Proxy)
		if object = proxy.Target(); object == nil {
			return false
		}
	}
	return object.ClassName() == "Array"
}

// lengthOf returns how many items an array has; a proxy may say anything.
func lengthOf(array *goja.Object) int64 {
	length := array.Get("length")
	if length == nil {
		return 0
	}
	return max(0, length.ToInteger())
}

// array appends the items; one that is still what was built for its place has
// its source text.
func (w *jsonWriter) array(array *goja.Object, built *container) error {
	w.out = append(w.out, '[')
	length := lengthOf(array)
	for i := range length {
		if i > 0 {
			w.out = append(w.out, ',')
		}
		key := strconv.FormatInt(i, 10)
		v := array.Get(key)
		if i < int64(len(built.values)) && isStill(v, built.values[i]) {
			w.out = append(w.out, built.source.Items[i].Raw...)
			continue
		}
		written, err := w.member(key, nil, v)
		if err != nil {
			return err
		}
		if !written {
			w.out = append(w.out, "null"...)
		}
		if err := w.checkLimit(); err != nil {
			return err
		}
	}
	w.out = append(w.out, ']')
	return w.checkLimit()
}

func (w *jsonWriter) plainObject(object *goja.Object) error {
	w.out = append(w.out, '{')
	if err := w.members(object, object.Keys(), true); err != nil {
		return err
	}
	w.out = append(w.out, '}')
	return w.checkLimit()
}

// members appends members by name.
func (w *jsonWriter) members(object *goja.Object, names []string, first bool) error {
	var prefix []byte
	for _, name := range names {
		prefix = prefix[:0]
		if !first {
			prefix = append(prefix, ',')
		}
		prefix = append(appendQuotedText(prefix, name), ':')
		written, err := w.member(name, prefix, object.Get(name))
		if err != nil {
			return err
		}
		first = first && !written
	}
	return nil
}

func (w *jsonWriter) checkLimit() error {
	if int64(len(w.out)) > w.limit {
		return w.call.guest.outputFault()
	}
	return nil
}

func (g *guest) outputFault() error {
	return g.fault(webhook.GuestOutput, "handed out more than %d bytes", g.limits.Output)
}
