package scheme_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

const key = "key"

func hexMAC(message string) string {
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(message))
	return hex.EncodeToString(h.Sum(nil))
}

func hexSHA256(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// TestMessages compares what templates give with a message written by hand.
func TestMessages(t *testing.T) {
	const body = `{"a":"X y","n":1.50,"e":"","o":{"b":"\u00e9"}}`
	form := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	multi := http.Header{"Content-Type": {"multipart/form-data; boundary=B"}}
	for _, tt := range []struct {
		name, text, body string
		header           http.Header
		want             string
		covers           webhook.Coverage
	}{
		{"digest of the body", "{body | sha256 | hex}", body, nil, hexSHA256(body), webhook.CoversBody},
		{"digest in capitals", "{body | sha1 | HEX}", "abc", nil, "A9993E364706816ABA3E25717850C26C9CD0D89D", 0},
		{"digest in bytes", "{body | md5}", "", nil, "\xd4\x1d\x8c\xd9\x8f\x00\xb2\x04\xe9\x80\x09\x98\xec\xf8\x42\x7e", 0},
		{"checksum", "{body | crc32 | decimal}", "123456789", nil, "3421780262", 0},
		{"body in base64url", "{body | base64url}", "a?>", nil, "YT8-", webhook.CoversBody},
		{"stringified and digested", "{body | stringify:ecmascript | sha256 | hex}", `{ "a": 1.0 }`, nil, hexSHA256(`{"a":1}`), webhook.CoversBody},
		{"part", "{part.pair | sha256 | hex}", body, nil, hexSHA256("X y.1.50"), 0},
		{"secret digested", "{secret | md5 | HEX}", "", nil, "3C6E0B8A9C15224A8228B9A98CA1531D", 0},
		{"optional and there", "{json.a | prefix:'a: ' | suffix:';' | optional}", body, nil, "a: X y;", 0},
		{"optional and absent", "{json.z | prefix:'z:' | suffix:';' | optional}.", body, nil, ".", 0},
		{"quoted braces", "{json.a | prefix:'{|}'}", body, nil, "{|}X y", 0},
		{"letters", "{json.a | lower}{json.a | upper}{json.a | digits}", body, nil, "x yX Y", 0},
		{"number", "{json.n}{json.n | number}", body, nil, "1.501.5", 0},
		{"json within", "{header.X-Env | decode:base64 | json:sig.t}", "", http.Header{"X-Env": {base64.StdEncoding.EncodeToString([]byte(`{"sig":{"t":7}}`))}}, "7", 0},
		{"json string", `{body}|{header.X-A | json-string}`, "b", http.Header{"X-A": {"\"\\é"}}, `b|"\"\\é"`, webhook.CoversBody},
		{"target and path", "{method} {target} {path}", "", nil, "POST /in?b=2&a=1&a=0 /in", 0},
		{"url", "{url | without-query}", "", nil, "https://h/in", 0},
		{"query sorted", "{query | sort | join:'=','&'}", "", nil, "a=1&a=0&b=2", 0},
		{"query merged", "{query | without:b | merge:',' | join:'=',''}", "", nil, "a=1,0", 0},
		{"values", "{form | sort | without-empty | values:';'}", "b=x&a=0&c=&d=%20y", form, "x; y", 0},
		{"encoded", "{form | sort | join-encoded:'=','&'}", "b=x%20y&a=%C3%A9", form, "a=%C3%A9&b=x+y", 0},
		{"multipart", "{form.json | json:event.hash}", "--B\r\nContent-Disposition: form-data; name=\"json\"\r\n\r\n{\"event\":{\"hash\":\"h\"}}\r\n--B--\r\n", multi, "h", 0},
		{"signed headers", "{header.X-List | signed-headers:',',':',';'}", "", http.Header{"X-List": {"x-a,x-b"}, "X-A": {"1"}, "X-B": {"2"}}, "x-a:1;x-b:2", 0},
		{"signed headers, the time among them", "{header.X-List | signed-headers:',',':',';',X-B}", "", http.Header{"X-List": {"x-a,x-b"}, "X-A": {"1"}, "X-B": {"2"}}, "x-a:1;x-b:2", webhook.CoversID},
		{"cookie", "{cookie.s}", "", http.Header{"Cookie": {"t=1; s=2"}}, "2", 0},
		{"one of three", "{header.X-A or header.X-B or query.b}", "", nil, "2", webhook.CoversID},
	} {
		t.Run(tt.name, func(t *testing.T) {
			def := scheme.Definition{
				Algorithm: "hmac-sha256", Signature: scheme.SignatureDef{Header: scheme.List{"X-Sig"}, Encoding: scheme.List{"hex"}},
				Message: scheme.MessageDef{{Text: tt.text}}, Part: map[string]string{"pair": "{json.a}.{json.n}"},
			}
			s := compile(t, def, scheme.EventDef{ID: "{header.X-B}"})
			req := &webhook.Request{Method: "POST", Scheme: "https", Host: "h", Target: "/in?b=2&a=1&a=0", Header: http.Header{}, Body: []byte(tt.body)}
			for name, values := range tt.header {
				req.Header[name] = values
			}
			req.Header.Set("X-Sig", hexMAC(tt.want))
			v := scheme.Verify(s, req, []webhook.Secret{secret(t, "s", key)}, now)
			if !v.Accepted() {
				t.Fatalf("Verify = %s %s, want the message %q", v.Reason, v.Detail, tt.want)
			}
			if v.Covers != tt.covers {
				t.Errorf("covers = %v, want %v", v.Covers.Names(), tt.covers.Names())
			}
			if v.Signed == [32]byte{} {
				t.Error("Signed = 0, want what was signed")
			}
			req.Header.Del("X-Sig")
			if err := scheme.Sign(s, req, scheme.Message{Time: now}, []webhook.Secret{secret(t, "s", key)}); err != nil {
				t.Fatalf("Sign: %v", err)
			}
			if got := req.Header.Get("X-Sig"); got != hexMAC(tt.want) && !strings.Contains(tt.text, "stringify") {
				t.Errorf("Sign wrote %s, want the MAC of %q", got, tt.want)
			}
		})
	}
}

// TestSignaturePlaces reads signatures from everywhere.
func TestSignaturePlaces(t *testing.T) {
	right, wrong := hexMAC("body"), hexMAC("other")
	hexIn := scheme.List{"hex"}
	for _, tt := range []struct {
		name   string
		sig    scheme.SignatureDef
		header http.Header
		query  string
		want   webhook.Reason
	}{
		{"first name", scheme.SignatureDef{Header: scheme.List{"A-Sig", "B-Sig"}, Encoding: hexIn}, http.Header{"A-Sig": {right}}, "", ""},
		{"second name", scheme.SignatureDef{Header: scheme.List{"A-Sig", "B-Sig"}, Encoding: hexIn}, http.Header{"B-Sig": {right}}, "", ""},
		{"both names", scheme.SignatureDef{Header: scheme.List{"A-Sig", "B-Sig"}, Encoding: hexIn}, http.Header{"A-Sig": {right}, "B-Sig": {right}}, "", webhook.SignatureAmbiguous},
		{"numbered, the third", scheme.SignatureDef{Header: scheme.List{"D-Sig-"}, Numbered: 100, Encoding: hexIn}, http.Header{"D-Sig-1": {wrong}, "D-Sig-3": {right}}, "", ""},
		{"numbered, none", scheme.SignatureDef{Header: scheme.List{"D-Sig-"}, Numbered: 100, Encoding: hexIn}, http.Header{"D-Sig-101": {right}}, "", webhook.SignatureMissing},
		{"numbered, twice", scheme.SignatureDef{Header: scheme.List{"D-Sig-"}, Numbered: 100, Encoding: hexIn}, http.Header{"D-Sig-1": {right, right}}, "", webhook.SignatureAmbiguous},
		{"repeated", scheme.SignatureDef{Header: scheme.List{"M-Sig"}, Repeats: true, Prefix: scheme.List{"sha256=", ""}, Encoding: hexIn}, http.Header{"M-Sig": {"zz", "sha256=" + right}}, "", ""},
		{"repeated, none right", scheme.SignatureDef{Header: scheme.List{"M-Sig"}, Repeats: true, Encoding: hexIn}, http.Header{"M-Sig": {wrong, wrong}}, "", webhook.SignatureMismatch},
		{"repeated, of two names", scheme.SignatureDef{Header: scheme.List{"A-Sig", "B-Sig"}, Repeats: true, Encoding: hexIn}, http.Header{"A-Sig": {wrong}, "B-Sig": {right}}, "", ""},
		{"not repeated", scheme.SignatureDef{Header: scheme.List{"M-Sig"}, Encoding: hexIn}, http.Header{"M-Sig": {right, right}}, "", webhook.SignatureAmbiguous},
		{"prefix left out", scheme.SignatureDef{Header: scheme.List{"M-Sig"}, Prefix: scheme.List{"sha256=", ""}, Encoding: hexIn}, http.Header{"M-Sig": {right}}, "", ""},
		{"query", scheme.SignatureDef{From: "{query.signature}", Encoding: hexIn}, nil, "?signature=" + right, ""},
		{"query, absent", scheme.SignatureDef{From: "{query.signature}", Encoding: hexIn}, http.Header{"Signature": {right}}, "", webhook.SignatureMissing},
		{"query, twice", scheme.SignatureDef{From: "{query.signature}", Encoding: hexIn}, nil, "?signature=" + right + "&signature=" + right, webhook.SignatureAmbiguous},
		{"bare list", scheme.SignatureDef{Header: scheme.List{"L-Sig"}, Parse: "list", Separator: ",", Encoding: hexIn}, http.Header{"L-Sig": {wrong + ", " + right}}, "", ""},
		{"list by =", scheme.SignatureDef{Header: scheme.List{"L-Sig"}, Parse: "kv", Separator: " ", Take: "v1", Encoding: hexIn}, http.Header{"L-Sig": {"v1=" + wrong + " v1=" + right}}, "", ""},
		{"positional", scheme.SignatureDef{Header: scheme.List{"P-Sig"}, Parse: "positional", Fields: []string{"t", "signature"}, Encoding: hexIn}, http.Header{"P-Sig": {"17," + wrong + "," + right}}, "", ""},
		{"positional, short", scheme.SignatureDef{Header: scheme.List{"P-Sig"}, Parse: "positional", Fields: []string{"t", "signature"}, Encoding: hexIn}, http.Header{"P-Sig": {right}}, "", webhook.SignatureMalformed},
		{"positional, too many", scheme.SignatureDef{Header: scheme.List{"P-Sig"}, Parse: "positional", Between: "###", Fields: []string{"signature", "salt"}, Encoding: hexIn}, http.Header{"P-Sig": {right + "###1###2"}}, "", webhook.SignatureMalformed},
		{"positional items", scheme.SignatureDef{Header: scheme.List{"P-Sig"}, Parse: "positional", Between: "|", Separator: "&", Fields: []string{"id", "signature"}, Encoding: hexIn}, http.Header{"P-Sig": {"a|" + wrong + "&b|" + right}}, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := compile(t, scheme.Definition{Algorithm: "hmac-sha256", Signature: tt.sig, Message: scheme.MessageDef{{Text: "{body}"}}}, scheme.EventDef{})
			req := &webhook.Request{Header: tt.header, Target: "/in" + tt.query, Body: []byte("body")}
			if req.Header == nil {
				req.Header = http.Header{}
			}
			if v := scheme.Verify(s, req, []webhook.Secret{secret(t, "s", key)}, now); v.Reason != tt.want {
				t.Errorf("Verify = %s %s %s, want %q", v.Outcome, v.Reason, v.Detail, tt.want)
			}
		})
	}
}

func adyenLike(t *testing.T) *scheme.Scheme {
	t.Helper()
	return compile(t, scheme.Definition{
		Algorithm: "hmac-sha256", Foreach: "items",
		Signature: scheme.SignatureDef{From: "{item.data.sig}", Encoding: scheme.List{"hex"}},
		Message:   scheme.MessageDef{{Text: "{item.ref}:{item.orig | optional}:{item.amount.value}"}},
	}, scheme.EventDef{ID: "{item.ref}"})
}

func TestForeach(t *testing.T) {
	s := adyenLike(t)
	item := func(ref, signed string) string {
		return `{"ref":"` + ref + `","amount":{"value":1130},"data":{"sig":"` + hexMAC(signed) + `"}}`
	}
	first, second := item("A", "A::1130"), item("B", "B::1130")
	for body, want := range map[string]webhook.Reason{
		`{"items":[` + first + `]}`:                                  webhook.Reason(""),
		`{"items":[` + first + `,` + second + `]}`:                   "",
		`{"items":[` + first + `,` + item("C", "B::1130") + `]}`:     webhook.SignatureMismatch,
		`{"items":[` + item("C", "B::1130") + `,` + first + `]}`:     webhook.SignatureMismatch,
		`{"items":[` + first + `,{"ref":"D"}]}`:                      webhook.SignatureMissing,
		`{"items":[]}`:                                               webhook.SignatureMissing,
		`{"items":{}}`:                                               webhook.SignatureMissing,
		`{}`:                                                         webhook.SignatureMissing,
		`{"items":[` + first + `],"items":[]}`:                       webhook.BodyMalformed,
		`{"items":[` + first + `],"x":1,"x":2}`:                      webhook.BodyAmbiguous,
		`{"items":[` + strings.Repeat(first+",", 200) + first + `]}`: webhook.FieldMalformed,
		`[`: webhook.BodyMalformed,
	} {
		req := &webhook.Request{Header: http.Header{}, Body: []byte(body)}
		v := scheme.Verify(s, req, []webhook.Secret{secret(t, "s", key)}, now)
		if v.Reason != want || v.Accepted() != (want == "") {
			t.Errorf("%.80s: Verify = %s %s %s, want %q", body, v.Outcome, v.Reason, v.Detail, want)
		}
		if v.Accepted() && v.Covers.Has(webhook.CoversBody) {
			t.Errorf("%.80s: covers %v, want no body: there is more in it than what is signed", body, v.Covers.Names())
		}
	}
}

// Two requests whose items differ have different keys, though the first item is
// the same.
func TestForeachIdentity(t *testing.T) {
	s := adyenLike(t)
	one := `{"ref":"A","amount":{"value":1},"data":{"sig":"` + hexMAC("A::1") + `"}}`
	other := `{"ref":"B","amount":{"value":1},"data":{"sig":"` + hexMAC("B::1") + `"}}`
	keys := map[string]bool{}
	for _, body := range []string{`{"items":[` + one + `]}`, `{"items":[` + one + `,` + other + `]}`, `{"live":"x","items":[` + one + `]}`} {
		req := &webhook.Request{Header: http.Header{}, Body: []byte(body)}
		v := scheme.Verify(s, req, []webhook.Secret{secret(t, "s", key)}, now)
		keys[s.Identify(req, v, "").DedupKey] = true
	}
	if len(keys) != 2 {
		t.Errorf("%d keys for two different lists of items and a repeat with something unsigned in it, want 2", len(keys))
	}
}

func TestLanguageFaults(t *testing.T) {
	base := func() scheme.Definition {
		return scheme.Definition{
			Algorithm: "hmac-sha256", Signature: scheme.SignatureDef{Header: scheme.List{"X-Sig"}, Encoding: scheme.List{"hex"}},
			Message: scheme.MessageDef{{Text: "{body}"}},
		}
	}
	for want, change := range map[string]func(*scheme.Definition){
		"or from where else":         func(d *scheme.Definition) { d.Signature.Header = nil },
		"not both":                   func(d *scheme.Definition) { d.Signature.From = "{query.s}" },
		"must be one value":          func(d *scheme.Definition) { d.Signature.Header, d.Signature.From = nil, "{query.s}x" },
		"1 to 100":                   func(d *scheme.Definition) { d.Signature.Numbered = 101 },
		"unknown signature.parse":    func(d *scheme.Definition) { d.Signature.Parse = "csv" },
		"needs take":                 func(d *scheme.Definition) { d.Signature.Parse = "kv" },
		"go with it alone":           func(d *scheme.Definition) { d.Signature.Fields = []string{"signature"} },
		"one of them is":             func(d *scheme.Definition) { d.Signature.Parse, d.Signature.Fields = "positional", []string{"t"} },
		"takes no encoding":          func(d *scheme.Definition) { d.Signature.Parse = "jwt" },
		"a token is its own message": func(d *scheme.Definition) { d.Signature.Parse, d.Signature.Encoding = "jwt", nil },
		"a token is signed with one of": func(d *scheme.Definition) {
			d.Algorithm, d.Signature.Parse, d.Signature.Encoding = "hmac-sha1", "jwt", nil
		},
		"no part":                          func(d *scheme.Definition) { d.Message[0].Text = "{part.x}" },
		"part.x":                           func(d *scheme.Definition) { d.Part = map[string]string{"x": "{y}"} },
		"there is no item without foreach": func(d *scheme.Definition) { d.Message[0].Text = "{item.x}" },
		"must be a value of the item":      func(d *scheme.Definition) { d.Foreach = "items" },
		"within the item or none":          func(d *scheme.Definition) { d.Message[0].Text = "{item.x or json.y}" },
		"of a token there are":             func(d *scheme.Definition) { d.Message[0].Text = "{jwt.x}" },
		"unknown pipe":                     func(d *scheme.Definition) { d.Message[0].Text = "{json.x | rot13}" },
		"before any other":                 func(d *scheme.Definition) { d.Message[0].Text = "{body | sha256 | stringify:ecmascript}" },
		"no key takes part":                func(d *scheme.Definition) { d.Algorithm = "sha256" },
		"key_id":                           func(d *scheme.Definition) { d.KeyID = "k" },
	} {
		def := base()
		change(&def)
		if _, err := scheme.Compile(def, scheme.EventDef{}, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Compile = %v, want an error with %q", err, want)
		}
	}
}
