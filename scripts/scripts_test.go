package scripts_test

import (
	"errors"
	"io/fs"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/script"
	"github.com/hookseal/hookseal/engine/script/scripttest"
	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/scripts"
)

func load(t *testing.T, name string) webhook.Guest {
	t.Helper()
	code, err := fs.ReadFile(scripts.FS, name)
	if err != nil {
		t.Fatal(err)
	}
	g, err := script.Loader{}.Load(t.Context(), webhook.GuestCode{
		Name: name, Code: code, Limits: webhook.GuestLimits{Time: 5 * time.Second},
	})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestEveryScriptIsATransform(t *testing.T) {
	names, err := fs.Glob(scripts.FS, "*.js")
	if err != nil || len(names) == 0 {
		t.Fatalf("scripts = %v, %v", names, err)
	}
	for _, name := range names {
		if hooks := load(t, name).Hooks(); len(hooks) != 1 || hooks[0] != webhook.HookTransform {
			t.Errorf("%s has the hooks %v, want transform alone", name, hooks)
		}
	}
}

// Each script has tests beside it that pass.
func TestScripts(t *testing.T) {
	suites, err := filepath.Glob("*" + scripttest.Suffix)
	if err != nil || len(suites) < 5 {
		t.Fatalf("tests = %v, %v, want those of five scripts", suites, err)
	}
	for _, file := range suites {
		suite, err := scripttest.Load(file)
		if err != nil {
			t.Fatal(err)
		}
		results, err := suite.Run(t.Context(), script.Loader{})
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
		for _, r := range results {
			if r.Fault != "" {
				t.Errorf("%s: %s: %s", file, r.Name, r.Fault)
			}
		}
	}
}

func contract(eventType, body string) *webhook.Event {
	return &webhook.Event{
		ID: "evt_1", Source: "contracts", Provider: "chaindoc", Type: eventType,
		Time:   time.Date(2024, 12, 4, 10, 30, 0, 0, time.UTC),
		Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}},
		Body:   []byte(body),
	}
}

func TestContractsToCRM(t *testing.T) {
	g := load(t, "contracts-to-crm.js")
	for _, tt := range []struct{ event, body, kind, want string }{
		{
			"document.created",
			`{"event":"document.created","documentId":"d1","name":"Service \u2013 Agreement","timestamp":"2024-12-04T10:30:00.000Z"}`,
			"contract.created", `{"kind":"contract.created","document":"d1","at":"2024-12-04T10:30:00.000Z","name":"Service – Agreement"}`,
		},
		{
			"document.verified",
			`{"event":"document.verified","documentId":"d1","versionId":"v1","txHash":"0x789","chainId":137,"timestamp":"2024-12-04T10:35:00.000Z"}`,
			"contract.verified", `{"kind":"contract.verified","document":"d1","at":"2024-12-04T10:35:00.000Z","version":"v1","proof":{"chain":137,"transaction":"0x789"}}`,
		},
		{
			"document.signed",
			`{"event":"document.signed","documentId":"d1","signatureRequestId":"req_2","signers":[{"email":"a@example.com", "signedAt":"2024-12-04T10:30:00.000Z"}],"timestamp":"2024-12-04T10:32:00.000Z"}`,
			"contract.signed", `{"kind":"contract.signed","document":"d1","at":"2024-12-04T10:32:00.000Z","request":"req_2","signers":[{"email":"a@example.com", "signedAt":"2024-12-04T10:30:00.000Z"}]}`,
		},
		{
			"signature.request.completed",
			`{"event":"signature.request.completed","signatureRequestId":"req_2","documentId":"d1","completedAt":"2024-12-04T10:32:00.000Z","timestamp":"2024-12-04T10:33:00.000Z"}`,
			"contract.completed", `{"kind":"contract.completed","document":"d1","at":"2024-12-04T10:32:00.000Z","request":"req_2"}`,
		},
	} {
		outputs, err := g.Transform(t.Context(), contract(tt.event, tt.body), webhook.TransformContext{})
		if err != nil {
			t.Errorf("%s: %v", tt.event, err)
			continue
		}
		if len(outputs) != 1 {
			t.Errorf("%s gave %d messages, want 1", tt.event, len(outputs))
			continue
		}
		if got := outputs[0]; string(got.Body) != tt.want || got.Type != tt.kind || got.ContentType != "application/json; charset=utf-8" {
			t.Errorf("%s = %s %s %s, want %s %s", tt.event, got.Type, got.ContentType, got.Body, tt.kind, tt.want)
		}
	}
}

func TestContractsToCRMDrops(t *testing.T) {
	g := load(t, "contracts-to-crm.js")
	for _, event := range []string{"signature.request.created", "signature.request.rejected", "document.archived", "", "constructor"} {
		outputs, err := g.Transform(t.Context(), contract(event, `{"documentId":"d1"}`), webhook.TransformContext{})
		if err != nil || len(outputs) != 0 {
			t.Errorf("%q = %v, %v, want it dropped", event, outputs, err)
		}
	}
}

// An event that is not as Chaindoc writes it fails, at a line of the script, and
// is not sent half empty.
func TestContractsToCRMWithoutADocument(t *testing.T) {
	g := load(t, "contracts-to-crm.js")
	for _, tt := range []struct {
		body, message string
		line          int
	}{
		{`{"event":"document.signed"}`, "Error: document.signed names no document", 49},
		{`null`, "TypeError: Cannot read property 'signatureRequestId' of undefined", 26},
		{`no json`, "TypeError: Cannot read property 'signatureRequestId' of undefined", 26},
	} {
		_, err := g.Transform(t.Context(), contract("document.signed", tt.body), webhook.TransformContext{})
		var fault *webhook.GuestError
		if !errors.As(err, &fault) || fault.Kind != webhook.GuestThrow || fault.Message != tt.message || fault.Line != tt.line {
			t.Errorf("%s: error = %v, want %q at line %d", tt.body, err, tt.message, tt.line)
		}
	}
}
