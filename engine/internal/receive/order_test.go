package receive

import (
	"net/http"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/webhook"
)

func TestOrderKey(t *testing.T) {
	event := func(body string) *webhook.Event {
		return &webhook.Event{
			Source: "shop", Type: "order.paid", Body: []byte(body),
			Header: http.Header{"Content-Type": {"application/json"}, "X-Shop": {"north"}},
		}
	}
	same := func(text, a, b string) {
		t.Helper()
		if ka, kb := orderKey(event(a), text), orderKey(event(b), text); ka != kb || len(ka) != 32 {
			t.Errorf("keys by %q of %s and %s = %q, %q, want the same of 32 digits", text, a, b, ka, kb)
		}
	}
	same("json.customer.id", `{"customer":{"id":"c1"},"n":1}`, `{"n":2,"customer":{"id":"c1"}}`)
	same("json.n", `{"n":42}`, `{"n":42,"m":1}`)
	same("header.X-Shop", `1`, `2`)
	same("type", `1`, `2`)
	same("source", `1`, `2`)
	same("json.a or json.b", `{"a":"x"}`, `{"b":"x"}`)
	same("json.a", `{"a":"`+strings.Repeat("long", 1<<16)+`"}`, `{"a":"`+strings.Repeat("long", 1<<16)+`"}`)

	if a, b := orderKey(event(`{"id":"a"}`), "json.id"), orderKey(event(`{"id":"b"}`), "json.id"); a == b {
		t.Errorf("keys of other values = %q, %q, want others", a, b)
	}
	for _, body := range []string{``, `{}`, `no json`, `{"id":null}`, `{"id":""}`, `{"id":"a","id":"b"}`, `{"id":{"x":1}}`} {
		if key := orderKey(event(body), "json.id"); key != "" {
			t.Errorf("key of %s = %q, want none", body, key)
		}
	}
}

func TestCheckOrder(t *testing.T) {
	for _, text := range []string{"", "type", "source", "json.customer.id", "header.X-Shop", "form.id", "json.id | lower", "json.a or json.b"} {
		if err := CheckOrder(text); err != nil {
			t.Errorf("CheckOrder(%q) = %v, want nil", text, err)
		}
	}
	for _, text := range []string{"body", "url", "method", "query.id", "json.id or url", "secret", "sig.t", "jwt.sub", "{json.id}", "json", "nonsense", "json.id | nonsense"} {
		if CheckOrder(text) == nil {
			t.Errorf("CheckOrder(%q) = nil, want an error", text)
		}
	}
}
