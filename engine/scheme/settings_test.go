package scheme_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// A source's settings name the header of the signature, and the texts that a
// value may be.
func TestSettingsInHeaderAndSet(t *testing.T) {
	def := scheme.Definition{
		Algorithm: "token",
		Signature: scheme.SignatureDef{Header: scheme.List{"{setting.header}"}, Encoding: scheme.List{"raw"}},
		Require:   []scheme.RequireDef{{Value: "{json.topic}", In: []string{"{setting.topic}", "ping"}}},
	}
	s, err := scheme.Compile(def, scheme.EventDef{}, map[string]string{"header": "x-hook-token", "topic": "orders"})
	if err != nil {
		t.Fatal(err)
	}
	secret, err := webhook.NewSecret("s", []byte("0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		header, body string
		want         webhook.Reason
	}{
		{"X-Hook-Token", `{"topic":"orders"}`, ""},
		{"X-Hook-Token", `{"topic":"ping"}`, ""},
		{"X-Hook-Token", `{"topic":"{setting.topic}"}`, webhook.ConditionFailed},
		{"X-Hook-Token", `{"topic":""}`, webhook.ConditionFailed},
		{"Authorization", `{"topic":"orders"}`, webhook.SignatureMissing},
	} {
		req := &webhook.Request{Method: http.MethodPost, Header: http.Header{c.header: {"0123456789abcdef"}}, Body: []byte(c.body)}
		if got := scheme.Verify(s, req, []webhook.Secret{secret}, time.Unix(0, 0)); got.Reason != c.want {
			t.Errorf("%s %s: reason = %q, want %q", c.header, c.body, got.Reason, c.want)
		}
	}
	if got := s.SecretHeaders(); len(got) != 1 || got[0] != "X-Hook-Token" {
		t.Errorf("SecretHeaders = %v, want X-Hook-Token", got)
	}
}

func TestSettingThatNamesNothing(t *testing.T) {
	for _, c := range []struct {
		name     string
		def      scheme.Definition
		settings map[string]string
		want     string
	}{
		{"empty header", scheme.Definition{Algorithm: "token", Signature: scheme.SignatureDef{Header: scheme.List{"{setting.header}"}, Encoding: scheme.List{"raw"}}}, map[string]string{"header": ""}, "names no header"},
		{"unknown header", scheme.Definition{Algorithm: "token", Signature: scheme.SignatureDef{Header: scheme.List{"{setting.header}"}, Encoding: scheme.List{"raw"}}}, nil, `no setting "header"`},
		{"value in header", scheme.Definition{Algorithm: "token", Signature: scheme.SignatureDef{Header: scheme.List{"{header.x}"}, Encoding: scheme.List{"raw"}}}, nil, "takes no value but {setting.NAME}"},
		{"value in set", scheme.Definition{
			Algorithm: "token", Signature: scheme.SignatureDef{Header: scheme.List{"x"}, Encoding: scheme.List{"raw"}},
			Require: []scheme.RequireDef{{Value: "{json.a}", In: []string{"{json.b}"}}},
		}, nil, "takes no value but {setting.NAME}"},
	} {
		_, err := scheme.Compile(c.def, scheme.EventDef{}, c.settings)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error = %v, want one with %q", c.name, err, c.want)
		}
	}
}
