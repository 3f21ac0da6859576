package script

import (
	"github.com/dop251/goja"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// value(expression) is what a value of the language of schemes gives, such as
// "json.EventId or json.eventId | uuid:N".
func (r *requestView) value(args goja.FunctionCall) goja.Value {
	text := r.name(args)
	v, fault, err := scheme.ReadExpression(r.req, text)
	if err != nil {
		panic(r.call.vm.NewTypeError("value: %s", err.Error()))
	}
	h := &handle{Value: v, call: r.call, place: v.Origin, fault: fault}
	h.secret = isCredential(v.Origin) || isCredential(wholeOf(v.Origin))
	return h.object()
}

// jsonText(path, form) is the JSON text of what stands at a path of the body, an
// object or an array too: as it was sent, or with the form "stringified" as
// JSON.stringify writes it.
func (r *requestView) jsonText(args goja.FunctionCall) goja.Value {
	path, anew := r.name(args), false
	switch form := args.Argument(1); {
	case goja.IsUndefined(form):
	case goja.IsString(form) && form.String() == "stringified":
		anew = true
	default:
		panic(r.call.vm.NewTypeError("form is %s, want \"stringified\" or nothing", describe(form)))
	}
	v, fault := scheme.ReadJSONText(r.req, path, anew)
	return (&handle{Value: v, call: r.call, place: v.Origin, fault: fault}).object()
}

// fields(place) lists names and values of the "form" or the "query", decoded and
// in order; null if they cannot be read.
func (r *requestView) fields(args goja.FunctionCall) goja.Value {
	var kind webhook.OriginKind
	switch r.name(args) {
	case "form":
		kind = webhook.FormOrigin
	case "query":
		kind = webhook.QueryOrigin
	default:
		panic(r.call.vm.NewTypeError("place is %s, want \"form\" or \"query\"", describe(args.Argument(0))))
	}
	pairs, fault := scheme.ReadFields(r.req, kind)
	if fault != "" {
		return goja.Null()
	}
	list := make([]any, len(pairs))
	for i, pair := range pairs {
		list[i] = r.call.vm.NewArray(r.call.text(pair[0]), r.call.text(pair[1]))
	}
	return r.call.vm.NewArray(list...)
}
