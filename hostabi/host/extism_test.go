package host_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi/host"
)

// label is a plug-in that Extism's kit for AssemblyScript made.
func label(t testing.TB) webhook.GuestCode {
	t.Helper()
	code, err := os.ReadFile(filepath.Join("..", "..", "testdata", "guests", "extism", "label.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	return webhook.GuestCode{Name: "label.wasm", Code: code, Limits: patient}
}

func TestExtismPlugin(t *testing.T) {
	g := load(t, label(t))
	if hooks := g.Hooks(); len(hooks) != 1 || hooks[0] != webhook.HookTransform {
		t.Errorf("Hooks = %v, want transform alone", hooks)
	}
	var lines []string
	tc := webhook.TransformContext{
		Settings: map[string]string{"label": "Zürich", "drop": "document.deleted"},
		Log:      func(level, line string) { lines = append(lines, level+": "+line) },
	}
	for _, body := range []string{`{"a":"ü"}`, "1", strings.Repeat("7", 100_003)} {
		out, err := g.Transform(t.Context(), event(body), tc)
		if err != nil || len(out) != 1 {
			t.Fatalf("Transform = %v, %v", out, err)
		}
		want := `{"label":"Zürich","type":"document.signed","event":` + body + `}`
		if got := string(out[0].Body); got != want {
			t.Errorf("body = %.80q, want %.80q", got, want)
		}
		if out[0].Type != "document.signed" || out[0].ContentType != "application/json" || out[0].Header != nil {
			t.Errorf("Type, ContentType, Header = %q, %q, %v, want those of the event and none", out[0].Type, out[0].ContentType, out[0].Header)
		}
	}
	want := "info: labelled 10 bytes, vars empty\ninfo: labelled 1 bytes, vars empty\ninfo: labelled 100003 bytes, vars empty"
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("log =\n%s\nwant\n%s", got, want)
	}
	dropped := event("{}")
	dropped.Type = "document.deleted"
	if out, err := g.Transform(t.Context(), dropped, tc); err != nil || len(out) != 0 {
		t.Errorf("Transform of what is dropped = %v, %v, want nothing", out, err)
	}
	_, err := g.Transform(t.Context(), event("{}"), webhook.TransformContext{})
	wantFault(t, err, webhook.GuestThrow, `transform: returned 1: the setting "label" is missing`)
}

func TestExtismFacts(t *testing.T) {
	code := bad(t, "extism-facts")
	g := load(t, code)
	for name, want := range map[string]string{
		"hookseal.id": "evt_1", "hookseal.type": "document.signed", "hookseal.source": "contracts",
		"hookseal.time": "2026-03-04T05:06:07.000089Z", "hookseal.provider": "chaindoc", "hookseal.provider_id": "p-9",
		"hookseal.content_type": "application/json", "hookseal.subscription": "sub", "hookseal.endpoint": "crm",
		"hookseal.header.x-tag": "one, two", "hookseal.header.Authorization": "", "hookseal.header.cookie": "",
		"hookseal.header.none": "", "hookseal.secret": "", "hookseal.": "", "set": "a setting", "unset": "",
	} {
		tc := webhook.TransformContext{
			Subscription: "sub", Endpoint: "crm",
			Settings: map[string]string{"set": "a setting", "hookseal.secret": "not a fact"},
		}
		out, err := g.Transform(t.Context(), event(name), tc)
		got := ""
		if len(out) == 1 {
			got = string(out[0].Body)
		}
		if err != nil || got != want {
			t.Errorf("config_get(%q) = %q, %v, want %q", name, got, err, want)
		}
	}
}

func TestExtismAbuse(t *testing.T) {
	limited := webhook.GuestLimits{Time: time.Minute, Fuel: 200e6}
	const outside = "bytes at"
	tests := map[string]struct {
		kind    webhook.GuestErrorKind
		message string
	}{
		"a": {webhook.GuestABI, "load_u64: 8 bytes at 0 are outside of the shared memory"},
		"b": {webhook.GuestABI, "load_u8: 1 bytes at 18446744073709551615 are outside of the shared memory"},
		"c": {webhook.GuestABI, "store_u64: 8 bytes at 1048576 are outside of the shared memory"},
		"d": {webhook.GuestABI, "store_u8: 1 bytes at 15 are outside of the shared memory"},
		"e": {webhook.GuestABI, "config_get: no block begins at"},
		"f": {webhook.GuestMemory, "asked for 1099511627776 bytes beside"},
		"g": {webhook.GuestMemory, "asked for 18446744073709551615 bytes beside"},
		"h": {webhook.GuestMemory, "asked for 1 bytes beside"},
		"i": {webhook.GuestMemory, "asked for 1048576 bytes beside"},
		"j": {webhook.GuestOutput, "transform hands out more than 4194304 bytes"},
		"k": {webhook.GuestABI, "output_set: 4096 " + outside},
		"l": {webhook.GuestThrow, "it says why"},
		"w": {webhook.GuestTrap, " i32: it says why"},
		"m": {webhook.GuestThrow, "returned 7"},
		"n": {webhook.GuestFuel, "did more work than its fuel"},
		"o": {webhook.GuestFuel, "did more work than its fuel"},
		"p": {webhook.GuestMemory, "asked for"},
		"q": {webhook.GuestStack, "nested its calls deeper"},
		"r": {webhook.GuestABI, "input_load_u8: the byte 2 is outside of the input of 2 bytes"},
		"s": {webhook.GuestMemory, "asked for"},
		"t": {webhook.GuestMemory, "asked for"},
		"u": {webhook.GuestABI, "output_set: 16 bytes at 18446744073709551608 are outside"},
		"v": {webhook.GuestABI, "log_info: no block begins at"},
	}
	code := bad(t, "extism-abuse")
	code.Limits = limited
	g := load(t, code)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := g.Transform(t.Context(), event("{}"), setting(name))
			fault, ok := err.(*webhook.GuestError)
			if !ok || fault.Kind != tt.kind || !strings.Contains(fault.Message, tt.message) {
				t.Errorf("error = %v, want %s: … %s …", err, tt.kind, tt.message)
			}
			wantBody(t, g, "", "12345678")
		})
	}
}

// wantBody makes a call of a case, and fails the test unless it hands out a body;
// none is an event that is dropped.
func wantBody(t *testing.T, g webhook.Guest, name, want string) {
	t.Helper()
	out, err := g.Transform(t.Context(), event("{}"), setting(name))
	got := ""
	if len(out) == 1 {
		got = string(out[0].Body)
	}
	if err != nil || len(out) > 1 || got != want {
		t.Errorf("Transform of case %q = %q, %v, want %q", name, got, err, want)
	}
}

func TestExtismAllows(t *testing.T) {
	g := load(t, bad(t, "extism-abuse"))
	for name, want := range map[string]string{
		"": "12345678", "A": "12345678", "B": "", "C": "12345678", "D": "{}", "E": "12345678", "F": "12345678",
		"G": "12345678", "H": "12345678", "I": "12345678", "J": "12345678",
	} {
		wantBody(t, g, name, want)
	}
}

// A plug-in may take the name of the function from the configuration, and may
// return nothing.
func TestExtismFunction(t *testing.T) {
	code := bad(t, "extism-abuse")
	code.Function, code.ABI = "quiet", webhook.ExtismABI
	wantBody(t, load(t, code), "", "quiet")
}

func TestExtismRefusals(t *testing.T) {
	abuse := bad(t, "extism-abuse").Code
	tests := map[string]struct {
		code    webhook.GuestCode
		message string
	}{
		"network": {
			webhook.GuestCode{Code: bad(t, "extism-http").Code},
			"the module imports the function extism:host/env.http_request; a transform has no network, and nothing grants it",
		},
		"functions of another host": {
			webhook.GuestCode{Code: assemble(types("i"), imports("extism:host/user", "mult", 0), functions(0), hook1(), code(returns(0)))},
			"the module imports the function extism:host/user.mult, which another host serves to its plug-ins and this one does not",
		},
		"what the host calls": {
			webhook.GuestCode{Code: assemble(types("i"), imports("extism:host/env", "reset", 0), functions(0), hook1(), code(returns(0)))},
			"the module imports the function extism:host/env.reset, which the host does not serve to plug-ins",
		},
		"both": {
			webhook.GuestCode{Code: assemble(types("i"), sectionOf(2, vector(sized("extism:host/env")+sized("get_log_level")+"\x00\x00", sized("hostabi_v1")+sized("body_len")+"\x00\x00")),
				functions(0), exports("transform", 2), code(returns(0)))},
			"the module imports both hostabi_v1 and extism:host/env; it is served one of them",
		},
		"rule": {
			webhook.GuestCode{Code: assemble(types("i"), imports("extism:host/env", "get_log_level", 0), functions(0), exports("claim", 1), code(returns(0)))},
			`the module is an Extism plug-in and exports no function "transform"; if it is another that transforms, name it`,
		},
		"no such function": {
			webhook.GuestCode{Code: abuse, Function: "count"},
			`the module is an Extism plug-in and exports no function "count"; if it is another that transforms, name it`,
		},
		"function with a parameter": {
			webhook.GuestCode{Code: abuse, Function: "takes"},
			`the export "takes" must take nothing and return an i32`,
		},
		"not of that ABI": {
			webhook.GuestCode{Code: abuse, ABI: webhook.HooksealABI},
			`the module is said to be of the ABI "hookseal" and is built for extism:host/env`,
		},
		"not of Extism": {
			webhook.GuestCode{Code: bad(t, "echo").Code, ABI: webhook.ExtismABI},
			`the module is said to be of the ABI "extism" and is built for hostabi_v1`,
		},
		"unknown ABI":             {webhook.GuestCode{Code: abuse, ABI: "wapc"}, `there is no ABI "wapc"; ABIs are hookseal, extism`},
		"function of another ABI": {webhook.GuestCode{Code: bad(t, "echo").Code, Function: "a"}, `the function "a" is chosen, which is possible of an Extism plug-in alone`},
		"reads before it is called": {
			webhook.GuestCode{Code: bad(t, "extism-early").Code},
			"start: input_length belongs to transform",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.code.Name = "a.wasm"
			_, err := host.Loader{}.Load(t.Context(), tt.code)
			wantFault(t, err, webhook.GuestABI, tt.message)
		})
	}
}

// The same code over either ABI hands out the same bytes.
func TestExtismRedactsAsTheSDKDoes(t *testing.T) {
	theirs, ours := load(t, bad(t, "extism-redact")), load(t, committed(t, "c", "redact"))
	for _, body := range []string{`{"email":"a","b":[{"phone":1}]}`, people(1 << 10), people(300 << 10)} {
		want, err := ours.Transform(t.Context(), event(body), members("email,phone"))
		if err != nil {
			t.Fatal(err)
		}
		got, err := theirs.Transform(t.Context(), event(body), members("email,phone"))
		if err != nil || len(got) != 1 || string(got[0].Body) != string(want[0].Body) {
			t.Errorf("Transform of %d bytes differs from that of the SDK: %v", len(body), err)
		}
	}
}
