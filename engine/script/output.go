package script

import (
	"maps"
	"slices"
	"strconv"

	"github.com/dop251/goja"

	"github.com/hookseal/hookseal/engine/webhook"
)

// native is the form that hookseal itself defines.
type native struct {
	*eventView
	context webhook.TransformContext
}

func (t *native) arguments() []goja.Value {
	return []goja.Value{t.object(), t.call.transformContext(t.context)}
}

// outputs reads what transform returned: null, an event, or an array of events.
func (e *eventView) outputs(result goja.Value) ([]webhook.Output, error) {
	if result == nil || goja.IsUndefined(result) {
		return nil, abiFault("transform returned undefined: is a return missing? To drop the event, return null")
	}
	if goja.IsNull(result) {
		return nil, nil
	}
	object, ok := result.(*goja.Object)
	if !ok {
		return nil, abiFault("transform returned %s, want an event, an array of events, or null", describe(result))
	}
	limits := e.call.guest.limits
	reader := &outputReader{eventView: e, left: limits.Output}
	if !isArray(object) {
		output, err := reader.output("transform returned an event", object)
		if err != nil {
			return nil, err
		}
		return []webhook.Output{output}, nil
	}
	length := lengthOf(object)
	if length > int64(limits.Events) {
		return nil, e.call.guest.fault(webhook.GuestOutput, "handed out %d events, the limit is %d", length, limits.Events)
	}
	outputs := make([]webhook.Output, 0, length)
	for i := range int(length) {
		key := strconv.Itoa(i)
		where := "transform returned an array whose item " + key
		item, ok := object.Get(key).(*goja.Object)
		if !ok {
			return nil, abiFault("%s is %s, want an event; leave out what is dropped", where, describe(object.Get(key)))
		}
		output, err := reader.output(where, item)
		if err != nil {
			return nil, err
		}
		outputs = append(outputs, output)
	}
	return outputs, nil
}

// outputReader reads one event after the other within one allowance of bytes.
type outputReader struct {
	*eventView
	left int64
}

func (r *outputReader) output(where string, object *goja.Object) (webhook.Output, error) {
	if _, callable := goja.AssertFunction(object); callable || isArray(object) {
		return webhook.Output{}, abiFault("%s, which is %s, want an event", where, describe(object))
	}
	if err := r.checkMembers(where, object); err != nil {
		return webhook.Output{}, err
	}
	var out webhook.Output
	var err error
	if out.Type, err = text(where, "type", r.get(object, "type"), r.ev.Type); err != nil {
		return out, err
	}
	if out.Type != r.ev.Type && !validFieldValue(out.Type) {
		return out, abiFault("%s: type holds control characters", where)
	}
	if out.Header, err = r.header(where, object); err != nil {
		return out, err
	}
	isJSON := false
	if out.Body, isJSON, err = r.content(where, object); err != nil {
		return out, err
	}
	standard := r.ev.ContentType()
	if isJSON && !carriesJSON(standard) {
		standard = "application/json"
	}
	if out.ContentType, err = text(where, "contentType", r.get(object, "contentType"), standard); err != nil {
		return out, err
	}
	if !validFieldValue(out.ContentType) {
		return out, abiFault("%s: contentType holds control characters", where)
	}
	return out, r.charge(&out)
}

// charge takes an output off the allowance.
func (r *outputReader) charge(out *webhook.Output) error {
	r.left -= int64(len(out.Body) + len(out.Type) + len(out.ContentType))
	for name, values := range out.Header {
		r.left -= int64(len(name))
		for _, v := range values {
			r.left -= int64(len(v))
		}
	}
	if r.left < 0 {
		return r.call.guest.outputFault()
	}
	return nil
}

// checkMembers refuses members that would be passed over in silence.
func (r *outputReader) checkMembers(where string, object *goja.Object) error {
	for _, name := range r.names(object) {
		if original, ok := r.fixed(name); ok {
			if v := r.get(object, name); v != nil && (!goja.IsString(v) || v.String() != original) {
				return abiFault("%s: %s cannot be changed", where, name)
			}
			continue
		}
		if !slices.Contains(eventMembers[:], name) {
			return abiFault("%s: unknown member %q; members are type, data or body, contentType, headers: the content of the message goes under data", where, name)
		}
	}
	return nil
}

// names lists the members of an output, but for those of the event that nobody
// has looked at.
func (r *outputReader) names(object *goja.Object) []string {
	if object != r.self {
		return object.Keys()
	}
	var names []string
	for _, name := range r.members.names {
		if r.members.made(name) {
			names = append(names, name)
		}
	}
	return names
}

// text reads a member that is a string or left out.
func text(where, name string, v goja.Value, standard string) (string, error) {
	if v == nil || goja.IsUndefined(v) {
		return standard, nil
	}
	if !goja.IsString(v) {
		return "", abiFault("%s: %s is %s, want a string", where, name, describe(v))
	}
	return v.String(), nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
