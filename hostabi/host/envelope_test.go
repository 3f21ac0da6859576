package host_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/webhook"
)

func TestEnvelope(t *testing.T) {
	g := load(t, shipped(t, "envelope"))
	const head = `{"specversion":"1.0","id":"evt_1","source":"contracts","type":"document.signed",` +
		`"time":"2026-03-04T05:06:07.000089Z","datacontenttype":"application/json",`
	large := `{"a":"` + strings.Repeat("x", 300_000) + `"}`
	tests := map[string]struct{ body, want string }{
		"JSON is embedded as it is":   {`{ "b":1.0, "a":2 }`, head + `"data":{ "b":1.0, "a":2 }}`},
		"another body becomes base64": {"\x00\xff!", head + `"data_base64":"AP8h"}`},
		"empty body":                  {"", head + `"data_base64":""}`},
		"two bytes":                   {"ab", head + `"data_base64":"` + base64.StdEncoding.EncodeToString([]byte("ab")) + `"}`},
		"large body":                  {large, head + `"data":` + large + `}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			out, err := g.Transform(t.Context(), event(tt.body), webhook.TransformContext{})
			if err != nil || len(out) != 1 {
				t.Fatalf("Transform = %d outputs, %v, want one", len(out), err)
			}
			if got := string(out[0].Body); got != tt.want {
				t.Errorf("body = %.300s, want %.300s", got, tt.want)
			}
			if out[0].Type != "document.signed" || out[0].ContentType != "application/cloudevents+json" {
				t.Errorf("type, content type = %q, %q", out[0].Type, out[0].ContentType)
			}
		})
	}
}

func TestEnvelopeQuotes(t *testing.T) {
	g := load(t, shipped(t, "envelope"))
	ev := event("[]")
	ev.Type = "a\"b\\c\x01é"
	ev.Source = ""
	out, err := g.Transform(t.Context(), ev, webhook.TransformContext{})
	if err == nil {
		t.Fatalf("Transform = %v, want the control character in the type refused", out)
	}
	ev.Type = "a\"b\\cé"
	if out, err = g.Transform(t.Context(), ev, webhook.TransformContext{}); err != nil {
		t.Fatal(err)
	}
	var got struct{ Type, Source string }
	if err := json.Unmarshal(out[0].Body, &got); err != nil || got.Type != ev.Type || got.Source != "" {
		t.Errorf("envelope = %+v, %v, want the type %q and no source", got, err, ev.Type)
	}
}
