package script

import (
	"bytes"
	"net/http"
	"strings"

	"github.com/dop251/goja"

	"github.com/hookseal/hookseal/engine/webhook"
)

// form is how a script wants its transform to be called, and what its results
// mean. scripts/FORMS.md describes them.
type form int

const (
	nativeForm form = iota
	svixForm
	hookdeckForm
	convoyForm
)

// transformer is one call of a transform in its form.
type transformer interface {
	// arguments makes what the function is called with.
	arguments() []goja.Value
	// outputs reads what it returned.
	outputs(result goja.Value) ([]webhook.Output, error)
}

// transformer begins a call, once the top level of the script has run.
func (c *call) transformer(e *eventView, tc webhook.TransformContext) transformer {
	form := c.guest.unit.form
	if c.registered != nil {
		form = hookdeckForm
	}
	switch form {
	case svixForm:
		return &svix{eventView: e}
	case hookdeckForm:
		return &hookdeck{eventView: e, context: tc}
	case convoyForm:
		return &convoy{eventView: e}
	default:
		return &native{eventView: e, context: tc}
	}
}

// payload is the body as the forms of others show it: JSON where it is JSON,
// text where it is not, undefined where it is neither.
func (e *eventView) payload() goja.Value {
	if data := e.parsedBody(); !goja.IsUndefined(data) {
		return data
	}
	e.data = e.body()
	return e.data
}

// written turns a payload into the body of an output. One that was not touched
// is the body as it came. A string stands for itself if asText says so, and else
// for a string of JSON.
func (r *outputReader) written(where string, v goja.Value, asText bool) (webhook.Output, error) {
	out := webhook.Output{Type: r.ev.Type, ContentType: r.ev.ContentType()}
	w := &jsonWriter{call: r.call, limit: r.left}
	if v != nil && r.pristine(w, v) {
		out.Body = bytes.Clone(r.ev.Body)
		return out, nil
	}
	if text, ok := v.(goja.String); ok && asText {
		out.Body = []byte(text.String())
		return out, nil
	}
	written, err := w.member("", nil, v)
	if err == nil && !written {
		err = abiFault("%s is %s, which JSON cannot carry", where, describe(v))
	}
	if out.Body = w.out; !carriesJSON(out.ContentType) {
		out.ContentType = "application/json"
	}
	return out, err
}

// sent reads the header fields that a form of others sends: what the script set,
// and not what the event came with. The media type goes into the output.
func (r *outputReader) sent(where string, v goja.Value, out *webhook.Output) error {
	if v == nil || goja.IsUndefined(v) || goja.IsNull(v) {
		return nil
	}
	object, ok := v.(*goja.Object)
	if !ok || isArray(object) {
		return abiFault("%s is %s, want an object of strings", where, describe(v))
	}
	for _, name := range object.Keys() {
		values, err := fieldValues(where, name, object.Get(name))
		if err != nil {
			return err
		}
		if err := r.send(where, name, values, out); err != nil {
			return err
		}
	}
	return nil
}

// send adds one field to an output.
func (r *outputReader) send(where, name string, values []string, out *webhook.Output) error {
	if r.came(name, values) {
		return nil
	}
	if strings.EqualFold(name, "content-type") {
		out.ContentType = joined(values)
		if !validFieldValue(out.ContentType) {
			return abiFault("%s: content-type holds control characters", where)
		}
		return nil
	}
	if err := checkField(where, name, values); err != nil {
		return err
	}
	if out.Header == nil {
		out.Header = http.Header{}
	}
	canonical := http.CanonicalHeaderKey(name)
	out.Header[canonical] = append(out.Header[canonical], values...)
	return nil
}
