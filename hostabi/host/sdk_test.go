package host_test

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi/host"
)

// inEveryLanguage runs a test with one of the examples that every SDK has: those
// that are committed, and the one in Go, which is built.
func inEveryLanguage(t *testing.T, example string, test func(t *testing.T, code webhook.GuestCode)) {
	for _, language := range []string{"c", "rust", "assemblyscript"} {
		t.Run(language, func(t *testing.T) { test(t, committed(t, language, example)) })
	}
	t.Run("go", func(t *testing.T) { test(t, buildGo(t, "wasm-build/go/"+example)) })
}

// committed returns an example of an SDK as it is committed.
func committed(t testing.TB, language, example string) webhook.GuestCode {
	t.Helper()
	name := language + "-" + example + ".wasm"
	code, err := os.ReadFile(filepath.Join("..", "..", "testdata", "guests", "sdk", name))
	if err != nil {
		t.Fatal(err)
	}
	return webhook.GuestCode{Name: name, Code: code, Limits: patient}
}

func TestSDKTransform(t *testing.T) {
	inEveryLanguage(t, "redact", func(t *testing.T, code webhook.GuestCode) {
		g := load(t, code)
		for name, tt := range redactions {
			t.Run(name, func(t *testing.T) {
				out, err := g.Transform(t.Context(), event(tt.body), members("email,naïve"))
				if tt.want == "" {
					wantFault(t, err, webhook.GuestThrow, "transform: the body is not a JSON object or array")
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				want := []webhook.Output{{
					Type: "document.signed", ContentType: "application/json",
					Header: map[string][]string{"X-Redacted": {tt.count}}, Body: []byte(tt.want),
				}}
				if !reflect.DeepEqual(out, want) {
					t.Errorf("Transform =\n%+v\nwant\n%+v", out, want)
				}
			})
		}
		t.Run("settings", func(t *testing.T) { testRedactSettings(t, g) })
	})
}

// redactions are bodies, what the example makes of them, and how many values it
// says that it replaced; nothing for what it refuses.
var redactions = map[string]struct{ body, want, count string }{
	"untouched":           {`{"n": 1.0, "o": [true, null]}`, `{"n": 1.0, "o": [true, null]}`, "0"},
	"a string":            {`{"email":"a@b.example","n":1}`, `{"email":"[redacted]","n":1}`, "1"},
	"a number":            {`{"email" : 12.50 , "n":1}`, `{"email" : "[redacted]" , "n":1}`, "1"},
	"the last member":     {"{\n  \"email\": null\n}\n", "{\n  \"email\": \"[redacted]\"\n}\n", "1"},
	"an object":           {`{"email":{"email":"a","b":["]}"]},"n":1}`, `{"email":"[redacted]","n":1}`, "1"},
	"an array":            {`{"email":["a",{"b":[]}],"n":1}`, `{"email":"[redacted]","n":1}`, "1"},
	"an empty string":     {`{"email":""}`, `{"email":"[redacted]"}`, "1"},
	"in depth":            {`[[{"to":{"email":"a"}}],{"email":false}]`, `[[{"to":{"email":"[redacted]"}}],{"email":"[redacted]"}]`, "2"},
	"twice":               {`{"email":1,"email":2}`, `{"email":"[redacted]","email":"[redacted]"}`, "2"},
	"a name beyond ASCII": {`{"naïve":1,"naive":2}`, `{"naïve":"[redacted]","naive":2}`, "1"},
	"a longer name":       {`{"email2":1,"mail":2,"":3,"EMAIL":4}`, `{"email2":1,"mail":2,"":3,"EMAIL":4}`, "0"},
	"not a name":          {`{"a":"email","b":["email"]}`, `{"a":"email","b":["email"]}`, "0"},
	"an escaped name":     {`{"\u0065mail":1,"a\\":2}`, `{"\u0065mail":"[redacted]","a\\":"[redacted]"}`, "2"},
	"escapes in a string": {`{"a":"\"email\":1\\","email":"\\\"","b":2}`, `{"a":"\"email\":1\\","email":"[redacted]","b":2}`, "1"},
	"not UTF-8":           {"{\"a\":\"\xff\",\"email\":\"\xfe\"}", "{\"a\":\"\xff\",\"email\":\"[redacted]\"}", "1"},
	"a NUL":               {"{\"a\":\"\x00\",\"email\":1}", "{\"a\":\"\x00\",\"email\":\"[redacted]\"}", "1"},
	"no members":          {" {} ", " {} ", "0"},
	"many values": {
		"[" + strings.Repeat(`{"email":1},`, 9999) + "{}]",
		"[" + strings.Repeat(`{"email":"[redacted]"},`, 9999) + "{}]", "9999",
	},
	"a megabyte": {
		`{"a":"` + strings.Repeat("x", 1<<20) + `","email":"` + strings.Repeat("y", 1<<18) + `"}`,
		`{"a":"` + strings.Repeat("x", 1<<20) + `","email":"[redacted]"}`, "1",
	},
	"nothing":               {body: ""},
	"white space":           {body: " \r\n\t"},
	"a scalar":              {body: "12"},
	"a text":                {body: `"email"`},
	"a form":                {body: "email=a%40b.example"},
	"an open object":        {body: `{"a":1`},
	"an open string":        {body: `{"a":"b`},
	"an open escape":        {body: `{"a":"b\`},
	"an open array":         {body: `{"a":[`},
	"an open value":         {body: `{"email":`},
	"an open scalar":        {body: `{"email":1`},
	"an open secret":        {body: `{"email":"a`},
	"an open secret object": {body: `{"email":{"a":1}`},
	"a bracket too many":    {body: `{"a":1}]`},
	"text behind":           {body: `{"a":1}x`},
}

func members(names string) webhook.TransformContext {
	return webhook.TransformContext{Settings: map[string]string{"members": names}}
}

func testRedactSettings(t *testing.T, g webhook.Guest) {
	for _, tc := range []webhook.TransformContext{{}, members("")} {
		_, err := g.Transform(t.Context(), event("{}"), tc)
		wantFault(t, err, webhook.GuestThrow, `transform: the setting "members" is missing`)
	}
	tests := map[string]struct {
		drop, kind string
		kept       int
	}{
		"dropped":         {"document.signed", "document.signed", 0},
		"another type":    {"document", "document.signed", 1},
		"no type":         {"document.signed", "", 1},
		"an empty choice": {"", "", 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			ev := event("{}")
			ev.Type = tt.kind
			tc := members("email")
			tc.Settings["drop"] = tt.drop
			var lines []string
			tc.Log = func(_, line string) { lines = append(lines, line) }
			out, err := g.Transform(t.Context(), ev, tc)
			if err != nil || len(out) != tt.kept {
				t.Errorf("Transform = %+v, %v, want %d events", out, err, tt.kept)
			}
			if logged := len(lines) == 1 && lines[0] == "dropped by its type"; logged != (tt.kept == 0) {
				t.Errorf("logged %q when %d events were kept", lines, tt.kept)
			}
		})
	}
}

// A rule in each language gives the verdicts of the scheme in TOML, over every
// vector of Standard Webhooks under its defaults.
func TestSDKRule(t *testing.T) {
	data, err := catalog.Builtin().Open(t.Context(), "standard-webhooks", catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	vectors, err := data.Vectors()
	if err != nil || len(vectors) < 90 {
		t.Fatalf("%d vectors, %v", len(vectors), err)
	}
	inEveryLanguage(t, "standard-webhooks", func(t *testing.T, code webhook.GuestCode) {
		pack := rulePack(t, code)
		for _, v := range append(vectors, listVectors(vectors[0])...) {
			if len(v.Settings) > 0 {
				continue
			}
			got, gotID := judged(t, pack, v)
			want, wantID := judged(t, data, v)
			if !reflect.DeepEqual(got, want) || gotID != wantID {
				t.Errorf("%s: verdict = %+v, %s, want %+v, %s", v.Name, got, gotID, want, wantID)
			}
		}
	})
}

// listVectors varies the list of signatures of a vector, in ways that its pack has
// no vector for.
func listVectors(v catalog.Vector) []catalog.Vector {
	right := ""
	for _, h := range v.Request.Headers {
		if h[0] == "webhook-signature" {
			right = h[1]
		}
	}
	var out []catalog.Vector
	for name, list := range map[string]string{
		"sixteen":               strings.Repeat("v1,AAAA ", 15) + right,
		"seventeen":             strings.Repeat("v1,AAAA ", 16) + right,
		"many of old":           strings.Repeat("v0,AAAA ", 1200) + right,
		"only old":              "v0,AAAA v0,BBBB",
		"one without a version": "v0,AAAA BBBB",
		"not UTF-8 beside":      "v1,\xff v1,\xe2\x82 v1,\xed\xa0\x80 " + right,
		"spaces":                "  " + right + " ",
	} {
		varied := v
		varied.Name, varied.Request.Headers = name, nil
		for _, h := range v.Request.Headers {
			if h[0] == "webhook-signature" {
				h[1] = list
			}
			varied.Request.Headers = append(varied.Request.Headers, h)
		}
		out = append(out, varied)
	}
	return out
}

// rulePack opens a pack of which the guest is the rule.
func rulePack(t *testing.T, code webhook.GuestCode) *catalog.Pack {
	t.Helper()
	definition := "name = \"Standard Webhooks, by a rule\"\ndocs = \"https://example\"\nproof = \"vector\"\n\n" +
		"[scheme]\nrule = \"rule.wasm\"\nalgorithms = \"hmac-sha256\"\n"
	dir := t.TempDir()
	for name, text := range map[string][]byte{"provider.toml": []byte(definition), "rule.wasm": code.Code} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pack, err := catalog.OpenDir(t.Context(), dir, catalog.Options{Loaders: []webhook.GuestLoader{host.Loader{}}, Limits: patient})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pack.Close(context.Background()); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return pack
}

// judged returns the verdict without its detail, which a rule has none of, and
// the identity of the event.
func judged(t *testing.T, p *catalog.Pack, v catalog.Vector) (webhook.Verdict, string) {
	t.Helper()
	var secrets webhook.Secrets
	for _, text := range v.Secrets {
		secret, err := webhook.NewSecret(text, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		secrets = append(secrets, secret)
	}
	req := v.HTTP()
	j, err := p.Judge(t.Context(), req, catalog.Keys{Secrets: secrets}, webhook.Hint{}, v.At)
	if err != nil {
		t.Fatalf("%s: %v", v.Name, err)
	}
	j.Detail = ""
	if !j.Accepted() {
		return j.Verdict, ""
	}
	id := p.Identify(req, j, "")
	return j.Verdict, id.ID + " " + id.Type
}
