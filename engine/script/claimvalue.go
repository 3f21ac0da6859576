package script

import (
	"github.com/dop251/goja"

	"github.com/hookseal/hookseal/engine/webhook"
)

// handle reads a value of the request, or text that the script made itself,
// which has no place and is never covered.
func (r *claimReader) handle(v goja.Value, path string) (*handle, error) {
	if v != nil && goja.IsString(v) {
		return &handle{Value: webhook.Value{Text: v.String(), Found: true}}, nil
	}
	if h, ok := asHandle(v); ok {
		return h, nil
	}
	return nil, abiFault("%s is %s, want a value of the request, such as request.header(\"x-id\"), or a string", path, describe(v))
}

// value reads the same, and notes why it cannot count.
func (r *claimReader) value(v goja.Value, path string) (webhook.Value, error) {
	h, err := r.handle(v, path)
	if err != nil {
		return webhook.Value{}, err
	}
	r.fault = earlier(r.fault, h.fault)
	return h.Value, nil
}

// optionalValue reads a member that may be left out, and whose faults do not
// count: an event is authentic also without it.
func (r *claimReader) optionalValue(f fields, name string) (webhook.Value, error) {
	if f.get(name) == nil {
		return webhook.Value{}, nil
	}
	h, err := r.handle(f.get(name), f.path+"."+name)
	if err != nil {
		return webhook.Value{}, err
	}
	return h.Value, nil
}
