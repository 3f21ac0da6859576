package script

import (
	"github.com/dop251/goja"

	"github.com/hookseal/hookseal/engine/webhook"
)

// svix is the form of Svix: function handler(webhook), which returns the webhook
// that it was given, changed.
type svix struct{ *eventView }

var svixMembers = [...]string{"method", "url", "eventType", "payload", "headers", "cancel"}

func (t *svix) arguments() []goja.Value {
	members := &lazyObject{names: svixMembers[:], compute: t.member}
	return []goja.Value{t.call.vm.NewDynamicObject(members)}
}

func (t *svix) member(name string) goja.Value {
	vm := t.call.vm
	switch name {
	case "method":
		return vm.ToValue("POST")
	case "url":
		return vm.ToValue("") // that of an endpoint may hold a credential
	case "eventType":
		return vm.ToValue(t.ev.Type)
	case "payload":
		return t.payload()
	case "headers":
		return vm.NewObject()
	case "cancel":
		return vm.ToValue(false)
	}
	return nil
}

func (t *svix) outputs(result goja.Value) ([]webhook.Output, error) {
	object, ok := result.(*goja.Object)
	if !ok {
		return nil, abiFault("handler returned %s, want the webhook; to drop it, set webhook.cancel to true", describe(result))
	}
	if cancel := object.Get("cancel"); cancel != nil && cancel.ToBoolean() {
		return nil, nil
	}
	for _, fixed := range []string{"method", "url", "eventType"} {
		if v := object.Get(fixed); v != nil && !goja.IsUndefined(v) && !v.StrictEquals(t.member(fixed)) {
			return nil, abiFault("handler changed webhook.%s, which is the endpoint's: use a subscription that leads to another endpoint", fixed)
		}
	}
	payload := object.Get("payload")
	if payload == nil || goja.IsUndefined(payload) {
		return nil, abiFault("handler returned an object without a payload: return the webhook itself")
	}
	r := &outputReader{eventView: t.eventView, left: t.call.guest.limits.Output}
	out, err := r.written("webhook.payload", payload, false)
	if err == nil {
		err = r.sent("webhook.headers", object.Get("headers"), &out)
	}
	if err == nil {
		err = r.charge(&out)
	}
	if err != nil {
		return nil, err
	}
	return []webhook.Output{out}, nil
}
