package script

import (
	"github.com/dop251/goja"

	"github.com/hookseal/hookseal/engine/webhook"
)

// convoy is the form of Convoy: function transform(payload), whose result is
// the new payload, whatever it is.
type convoy struct{ *eventView }

func (t *convoy) arguments() []goja.Value { return []goja.Value{t.payload()} }

func (t *convoy) outputs(result goja.Value) ([]webhook.Output, error) {
	if result == nil || goja.IsUndefined(result) {
		return nil, abiFault("transform returned undefined: is a return missing? In this form a transform cannot drop an event; write export default in front of it and it can")
	}
	r := &outputReader{eventView: t.eventView, left: t.call.guest.limits.Output}
	out, err := r.written("transform's result", result, false)
	if err == nil {
		err = r.charge(&out)
	}
	if err != nil {
		return nil, err
	}
	return []webhook.Output{out}, nil
}
