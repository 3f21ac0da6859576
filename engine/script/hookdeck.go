package script

import (
	"errors"
	"unicode/utf8"

	"github.com/dop251/goja"

	"github.com/hookseal/hookseal/engine/webhook"
)

// hookdeck is the form of Hookdeck: addHandler("transform", (request, context)
// => …), which returns the request that it was given, changed.
type hookdeck struct {
	*eventView
	context webhook.TransformContext
}

// hookdeckPath is the path that a request is shown with: the one that it is sent
// to is the endpoint's.
const hookdeckPath = "/"

func (t *hookdeck) arguments() []goja.Value {
	vm := t.call.vm
	request := &lazyObject{names: []string{"headers", "body", "query", "parsed_query", "path"}, compute: t.member}
	connection := vm.NewObject()
	define(connection, "name", vm.ToValue(t.context.Subscription))
	define(connection, "source", t.named(t.ev.Source))
	define(connection, "destination", t.named(t.context.Endpoint))
	context := vm.NewObject()
	define(context, "connection", connection)
	return []goja.Value{vm.NewDynamicObject(request), context}
}

func (t *hookdeck) named(name string) goja.Value {
	object := t.call.vm.NewObject()
	define(object, "name", t.call.vm.ToValue(name))
	return object
}

func (t *hookdeck) member(name string) goja.Value {
	vm := t.call.vm
	switch name {
	case "headers":
		return t.call.headerObject(t.ev.Header)
	case "body":
		return t.payload()
	case "query":
		return vm.ToValue("")
	case "parsed_query":
		return vm.NewObject()
	case "path":
		return vm.ToValue(hookdeckPath)
	}
	return nil
}

func (t *hookdeck) outputs(result goja.Value) ([]webhook.Output, error) {
	object, ok := result.(*goja.Object)
	if !ok {
		return nil, abiFault("the handler returned %s, want the request: in this form a transform cannot drop an event", describe(result))
	}
	for _, fixed := range []string{"query", "path"} {
		if v := object.Get(fixed); v != nil && !goja.IsUndefined(v) && !v.StrictEquals(t.member(fixed)) {
			return nil, abiFault("the handler changed request.%s, which is the endpoint's: use a subscription that leads to another endpoint", fixed)
		}
	}
	body := object.Get("body")
	if body == nil || goja.IsUndefined(body) && utf8.Valid(t.ev.Body) {
		return nil, abiFault("the handler returned an object without a body: return the request itself")
	}
	r := &outputReader{eventView: t.eventView, left: t.call.guest.limits.Output}
	out, err := r.written("request.body", body, true)
	if err == nil {
		err = r.sent("request.headers", object.Get("headers"), &out)
	}
	if err == nil {
		err = r.charge(&out)
	}
	if err != nil {
		return nil, err
	}
	return []webhook.Output{out}, nil
}

// installHookdeck defines what scripts for Hookdeck find: addHandler, which
// keeps the handler as its own member, $transform.fail, and the settings of the
// transform as process.env.
func (c *call) installHookdeck() error {
	vm := c.vm
	var register *goja.Object
	register = vm.ToValue(func(args goja.FunctionCall) goja.Value {
		if name := args.Argument(0).String(); name != "transform" {
			panic(vm.NewTypeError("addHandler: there is no event %q, want \"transform\"", name))
		}
		if _, ok := goja.AssertFunction(args.Argument(1)); !ok {
			panic(vm.NewTypeError("addHandler: the handler is %s, want a function", describe(args.Argument(1))))
		}
		c.registered = args.Argument(1)
		define(register, "transform", c.registered)
		return goja.Undefined()
	}).ToObject(vm)
	failure := vm.NewObject()
	define(failure, "fail", vm.ToValue(func(args goja.FunctionCall) goja.Value {
		object, err := vm.New(vm.GlobalObject().Get("Error"), args.Argument(0))
		if err != nil {
			panic(err)
		}
		panic(object)
	}))
	process := vm.NewObject()
	define(process, "env", c.settings(c.env))
	return errors.Join(vm.Set("addHandler", register), vm.Set("$transform", failure), vm.Set("process", process))
}
