package script

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dop251/goja"

	"github.com/hookseal/hookseal/engine/scheme/jsonvalue"
)

// container is an array or object as it was built from its source, by which
// jsonWriter tells what a script has touched.
type container struct {
	source *jsonvalue.Value
	// values are what was built for the items or members, one for each.
	values []goja.Value
	// touched says whether the script touched it, as judgedBy found.
	touched  bool
	judgedBy *jsonWriter
}

// parseJSON builds the value of a JSON text.
func (c *call) parseJSON(text []byte) (goja.Value, error) {
	source, err := jsonvalue.Parse(text)
	if err != nil {
		return nil, err
	}
	if need := footprint(source); need > c.guest.limits.Memory {
		c.exhausted(float64(need))
		return goja.Undefined(), nil
	}
	if c.parsed == nil {
		c.parsed = map[*goja.Object]*container{}
	}
	return c.build(source), nil
}

// footprint estimates what the objects of a value will take, in bytes.
func footprint(v *jsonvalue.Value) int64 {
	const (
		container = 640
		member    = 160
		item      = 96
	)
	need := int64(len(v.Raw))
	switch v.Kind {
	case jsonvalue.Array, jsonvalue.Object:
		need = container
	}
	for i := range v.Items {
		need += item + footprint(&v.Items[i])
	}
	for i := range v.Members {
		need += member + footprint(&v.Members[i].Value)
	}
	return need
}

// build makes the value of a source and remembers it for its containers. The
// reader bounds the depth.
func (c *call) build(source *jsonvalue.Value) goja.Value {
	switch source.Kind {
	case jsonvalue.Null:
		return goja.Null()
	case jsonvalue.Bool:
		return c.vm.ToValue(source.Raw[0] == 't')
	case jsonvalue.Number:
		return c.number(source.Raw)
	case jsonvalue.String:
		return c.text(source.Text())
	case jsonvalue.Array:
		return c.buildArray(source)
	default:
		return c.buildObject(source)
	}
}

func (c *call) buildArray(source *jsonvalue.Value) goja.Value {
	built := &container{source: source, values: make([]goja.Value, len(source.Items))}
	items := make([]any, len(source.Items))
	for i := range source.Items {
		built.values[i] = c.build(&source.Items[i])
		items[i] = built.values[i]
	}
	array := c.vm.NewArray(items...)
	c.parsed[array] = built
	return array
}

func (c *call) buildObject(source *jsonvalue.Value) goja.Value {
	built := &container{source: source, values: make([]goja.Value, len(source.Members))}
	object := c.vm.NewObject()
	for i := range source.Members {
		m := &source.Members[i]
		built.values[i] = c.build(&m.Value)
		// goja's names hold no lone surrogates.
		m.Name = strings.ToValidUTF8(m.Name, "\ufffd")
		define(object, m.Name, built.values[i])
	}
	c.parsed[object] = built
	return object
}

// define adds an own member, also one that is called __proto__. On a plain
// extensible object that cannot fail.
func define(object *goja.Object, name string, v goja.Value) {
	if err := object.DefineDataProperty(name, v, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE); err != nil {
		panic(err)
	}
}

// number reads a number as ECMAScript does, to the nearest double.
func (c *call) number(raw []byte) goja.Value {
	const exact = 15 // digits that every double keeps
	if len(raw) <= exact && raw[0] != '-' {
		n := int64(0)
		for _, d := range raw {
			if d -= '0'; d > 9 {
				n = -1
				break
			}
			n = n*10 + int64(d)
		}
		if n >= 0 {
			return c.vm.ToValue(n)
		}
	}
	// Beyond the range ParseFloat gives an infinity beside its error, as
	// ECMAScript does.
	f, _ := strconv.ParseFloat(string(raw), 64)
	return c.vm.ToValue(f)
}

// text makes the value of a WTF-8 text.
func (c *call) text(wtf8 string) goja.Value {
	if utf8.ValidString(wtf8) {
		return c.vm.ToValue(wtf8)
	}
	return goja.StringFromUTF16(jsonvalue.AppendUTF16(nil, wtf8))
}
