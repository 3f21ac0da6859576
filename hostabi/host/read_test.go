package host_test

import (
	"strconv"
	"testing"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi"
)

// The guest echo emits what one read gave it: the result as the type ("+" or "-"
// and three digits), what was written as the body.
func TestRead(t *testing.T) {
	const body = `{"a":{"b":"x\u00e9y","n":1.50,"t":true,"z":null},"d":1,"d":2}`
	g := load(t, bad(t, "echo"))
	tests := []struct {
		name   string
		field  hostabi.Field
		member string
		index  string
		cap    string
		result string
		text   string
	}{
		{"event id", hostabi.FieldEventID, "", "", "", "+005", "evt_1"},
		{"event type", hostabi.FieldEventType, "", "", "", "+015", "document.signed"},
		{"event source", hostabi.FieldEventSource, "", "", "", "+009", "contracts"},
		{"event time", hostabi.FieldEventTime, "", "", "", "+027", "2026-03-04T05:06:07.000089Z"},
		{"provider", hostabi.FieldEventProvider, "", "", "", "+008", "chaindoc"},
		{"provider's id", hostabi.FieldEventProviderID, "", "", "", "+003", "p-9"},
		{"subscription", hostabi.FieldSubscription, "", "", "", "+003", "sub"},
		{"endpoint", hostabi.FieldEndpoint, "", "", "", "+003", "crm"},
		{"header in another case", hostabi.FieldHeader, "content-TYPE", "", "", "+016", "application/json"},
		{"header absent", hostabi.FieldHeader, "x-none", "", "", "-001", ""},
		{"header twice", hostabi.FieldHeader, "x-tag", "", "", "-003", ""},
		{"first header", hostabi.FieldHeader, "x-tag", "0", "", "+003", "one"},
		{"second header", hostabi.FieldHeader, "x-tag", "1", "", "+003", "two"},
		{"third header", hostabi.FieldHeader, "x-tag", "2", "", "-001", ""},
		{"credentials", hostabi.FieldHeader, "authorization", "", "", "-004", ""},
		{"cookie", hostabi.FieldCookie, "session", "", "", "-004", ""},
		{"setting", hostabi.FieldSetting, "colour", "", "", "+003", "red"},
		{"setting absent", hostabi.FieldSetting, "none", "", "", "-001", ""},
		{"JSON text", hostabi.FieldJSON, "a.b", "", "", "+004", "xéy"},
		{"JSON number as it is written", hostabi.FieldJSON, "a.n", "", "", "+004", "1.50"},
		{"JSON boolean", hostabi.FieldJSON, "a.t", "", "", "+004", "true"},
		{"JSON null", hostabi.FieldJSON, "a.z", "", "", "-005", ""},
		{"JSON object", hostabi.FieldJSON, "a", "", "", "-005", ""},
		{"JSON absent", hostabi.FieldJSON, "a.q", "", "", "-001", ""},
		{"JSON twice", hostabi.FieldJSON, "d", "", "", "-003", ""},
		{"the buffer is too small", hostabi.FieldEventID, "", "", "3", "+005", "evt"},
		{"the buffer is empty", hostabi.FieldEventID, "", "", "0", "+005", ""},
		{"no method in transform", hostabi.FieldMethod, "", "", "", "-001", ""},
		{"no query in transform", hostabi.FieldQuery, "q", "", "", "-001", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			settings := map[string]string{"field": strconv.Itoa(int(tt.field)), "name": tt.member, "colour": "red"}
			if tt.index != "" {
				settings["index"] = tt.index
			}
			if tt.cap != "" {
				settings["cap"] = tt.cap
			}
			tc := webhook.TransformContext{Settings: settings, Subscription: "sub", Endpoint: "crm"}
			out, err := g.Transform(t.Context(), event(body), tc)
			if err != nil {
				t.Fatal(err)
			}
			got := string(out[0].Body)
			if n := len(tt.text); len(got) > n {
				got = got[:n] // the guest emits its buffer up to the length it was told
			}
			if out[0].Type != tt.result || got != tt.text {
				t.Errorf("read = %s %q, want %s %q", out[0].Type, got, tt.result, tt.text)
			}
			if h := out[0].Header.Get("X-Echo"); h != "yes" {
				t.Errorf("header X-Echo = %q, want yes", h)
			}
		})
	}
}

// A body that is not declared to be a form has no parameters.
func TestFormIsDeclared(t *testing.T) {
	g := load(t, bad(t, "echo"))
	tc := webhook.TransformContext{Settings: map[string]string{"field": strconv.Itoa(int(hostabi.FieldForm)), "name": "a"}}
	if out, err := g.Transform(t.Context(), event("a=1"), tc); err != nil || out[0].Type != "-001" {
		t.Errorf("read of a form in a body of JSON = %v, %v, want it absent", out, err)
	}
}

func TestReadMalformedBody(t *testing.T) {
	g := load(t, bad(t, "echo"))
	for _, tt := range []struct {
		field hostabi.Field
		body  string
		want  string
	}{
		{hostabi.FieldJSON, "{", "-002"},
		{hostabi.FieldForm, "a=%zz", "-005"},
		{hostabi.FieldForm, "a=1&a=2", "-003"},
		{hostabi.FieldForm, "a=b+c", "+003"},
	} {
		tc := webhook.TransformContext{Settings: map[string]string{"field": strconv.Itoa(int(tt.field)), "name": "a"}}
		ev := event(tt.body)
		if tt.field == hostabi.FieldForm {
			ev.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		out, err := g.Transform(t.Context(), ev, tc)
		if err != nil || out[0].Type != tt.want {
			t.Errorf("read field %d of %q = %v, %v, want %s", tt.field, tt.body, out, err, tt.want)
		}
	}
}
