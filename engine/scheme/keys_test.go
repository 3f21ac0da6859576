package scheme_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/tomlfile"
	"github.com/hookseal/hookseal/engine/webhook"
)

// keyed is a scheme of Ed25519 whose keys are fetched.
func keyed(keys scheme.KeysDef) scheme.Definition {
	def := discordLike()
	def.Keys = &keys
	return def
}

// snsLike takes the certificate's URL from the body, as Amazon SNS does.
func snsLike() scheme.KeysDef {
	return scheme.KeysDef{
		URL: "{json.SigningCertURL}", Format: "x509",
		Hosts: []string{"sns.*.amazonaws.com", "sns.*.amazonaws.com.cn"}, Except: []string{"sns.s3*"},
		Path: "/SimpleNotificationService-*.pem",
	}
}

func certRequest(url string) *webhook.Request {
	body := `{"SigningCertURL":` + string(jsonText(url)) + `}`
	return &webhook.Request{
		Method: "POST", Target: "/in/sns", Scheme: "https", Host: "hooks.example", Body: []byte(body),
		Header: http.Header{"X-Sig": {strings.Repeat("00", 64)}, "X-Time": {"1"}},
	}
}

// jsonText quotes the few characters that the URLs of the tests hold.
func jsonText(text string) []byte {
	out := []byte{'"'}
	for _, c := range []byte(text) {
		switch {
		case c == '"' || c == '\\':
			out = append(out, '\\', c)
		case c < ' ':
			out = append(out, `\u00`...)
			out = append(out, "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
		default:
			out = append(out, c)
		}
	}
	return append(out, '"')
}

const cert = "/SimpleNotificationService-7ff5318490ec183fbaddaa2a969abfda.pem"

func TestKeyURLsThatAreAllowed(t *testing.T) {
	s := compile(t, keyed(snsLike()), scheme.EventDef{})
	for url, want := range map[string]string{
		"https://sns.us-east-1.amazonaws.com" + cert:          "https://sns.us-east-1.amazonaws.com" + cert,
		"https://sns.us-east-1.amazonaws.com:443" + cert:      "https://sns.us-east-1.amazonaws.com" + cert,
		"https://SNS.US-East-1.AmazonAWS.com" + cert:          "https://sns.us-east-1.amazonaws.com" + cert,
		"https://sns.cn-north-1.amazonaws.com.cn" + cert:      "https://sns.cn-north-1.amazonaws.com.cn" + cert,
		"https://sns.us-gov-west-1.amazonaws.com/" + cert[1:]: "https://sns.us-gov-west-1.amazonaws.com" + cert,
	} {
		ref, needed, refusal := s.KeyRef(certRequest(url))
		if !needed || refusal.Reason != "" || ref.URL != want {
			t.Errorf("KeyRef(%s) = %q, %v, %+v, want %q", url, ref.URL, needed, refusal, want)
		}
		if !ref.Chosen || ref.ByID || ref.Format != webhook.KeyX509 || ref.TTL != time.Hour || !strings.HasPrefix(want, "https://"+ref.Host+"/") {
			t.Errorf("KeyRef(%s) = %+v, want one that the request chose", url, ref)
		}
	}
}

// Every one of these has led some verifier to a host of the sender's choice.
func TestKeyURLsThatAreRefused(t *testing.T) {
	s := compile(t, keyed(snsLike()), scheme.EventDef{})
	const host = "sns.us-east-1.amazonaws.com"
	for _, url := range []string{
		"", "https://", "https:///" + cert, "//" + host + cert, host + cert, cert,
		"http://" + host + cert, "HTTPS://" + host + cert, "ftp://" + host + cert, "file://" + cert, "https:" + host + cert,
		"https:/" + host + cert, "https:\\\\" + host + cert, " https://" + host + cert, "https://" + host + cert + " ",
		"https://" + host + ".evil.com" + cert, "https://" + host + ".evil.com:443" + cert, "https://evil.com/" + host + cert,
		"https://evilsns.us-east-1.amazonaws.com" + cert, "https://evil.com?" + host + cert, "https://evil.com#" + host + cert,
		"https://" + host + "@evil.com" + cert, "https://evil.com@" + host + cert, "https://a:b@" + host + cert, "https://@" + host + cert,
		"https://evil.com\\@" + host + cert, "https://evil.com\\." + host + cert, "https://" + host + "\\.evil.com" + cert,
		"https://evil.com%2f@" + host + cert, "https://evil.com%2f." + host + cert, "https://sns%2eus-east-1.amazonaws.com" + cert,
		"https://evil.com%00." + host + cert, "https://evil.com\x00." + host + cert, "https://evil.com\n." + host + cert, "https://evil.com\t." + host + cert,
		"https://evil.com;." + host + cert, "https://evil.com,." + host + cert, "https://evil.com&." + host + cert,
		"https://" + host + ":444" + cert, "https://" + host + ":0443" + cert, "https://" + host + ":" + cert, "https://" + host + ":443:443" + cert,
		"https://" + host + ":80443" + cert, "https://" + host + ":443@evil.com" + cert, "https://" + host + ":443.evil.com" + cert,
		"https://" + host + "." + cert, "https://" + host + ".." + cert, "https://." + host + cert, "https://sns..amazonaws.com" + cert,
		"https://sns.amazonaws.com" + cert, "https://sns.a.b.amazonaws.com" + cert, "https://us-east-1.amazonaws.com" + cert,
		"https://sns.-a.amazonaws.com" + cert, "https://sns.a-.amazonaws.com" + cert, "https://sns.a_b.amazonaws.com" + cert, "https://sns.*.amazonaws.com" + cert,
		"https://sns." + strings.Repeat("a", 64) + ".amazonaws.com" + cert,
		"https://sns.xn--us-east-1-.amazonaws.com" + cert, "https://sns.xn--bcher-kva.amazonaws.com" + cert,
		"https://sns.us‐east-1.amazonaws.com" + cert, "https://sns.us-east-1.ａmazonaws.com" + cert, "https://sns.us-east-1.amazonaws。com" + cert, "https://ſns.us-east-1.amazonaws.com" + cert,
		"https://sns.us-east-1.amazonaws.com.evil" + cert, "https://sns.us-east-1.amazonaws.co" + cert, "https://sns.us-east-1.amazonaws.com.cn.evil.com" + cert,
		"https://127.0.0.1" + cert, "https://127.1" + cert, "https://2130706433" + cert, "https://0x7f.0.0.1" + cert, "https://0177.0.0.1" + cert,
		"https://[::1]" + cert, "https://[::ffff:127.0.0.1]:443" + cert, "https://169.254.169.254" + cert, "https://localhost" + cert,
		"https://sns.s3.amazonaws.com" + cert, "https://sns.s3-us-west-2.amazonaws.com" + cert, "https://sns.s3-website-us-east-1.amazonaws.com" + cert,
		"https://" + host, "https://" + host + "/", "https://" + host + "/x.pem", "https://" + host + "/a" + cert, "https://" + host + cert + ".txt",
		"https://" + host + cert + "/", "https://" + host + "/" + cert, "https://" + host + "/.." + cert, "https://" + host + "/./" + cert[1:],
		"https://" + host + "/SimpleNotificationService-%2e%2e.pem", "https://" + host + "/SimpleNotificationService-a%2fb.pem", "https://" + host + "/SimpleNotificationService-a%5Cb.pem",
		"https://" + host + "/SimpleNotificationService-a\\b.pem", "https://" + host + "/SimpleNotificationService-a/b.pem", "https://" + host + "/SimpleNotificationService-%252e.pem",
		"https://" + host + "/SimpleNotificationService-%0a.pem", "https://" + host + "/SimpleNotificationService-%zz.pem", "https://" + host + "/SimpleNotificationService-é.pem",
		"https://" + host + "/SimpleNotificationService-" + strings.Repeat("a", 3000) + ".pem",
		"https://" + host + cert + "?", "https://" + host + cert + "?a=b", "https://" + host + cert + "#a", "https://" + host + "?x=" + cert, "https://" + host + "#" + cert,
		"https://" + host + "/?Action=X&y=" + cert,
	} {
		if ref, needed, refusal := s.KeyRef(certRequest(url)); needed || refusal.Reason != webhook.KeyNotAllowed || ref.URL != "" {
			t.Errorf("KeyRef(%q) = %q, %v, %+v, want it refused", url, ref.URL, needed, refusal)
		}
		if ref, refusal := s.KeyRefAt(url, ""); refusal.Reason != webhook.KeyNotAllowed {
			t.Errorf("KeyRefAt(%q) = %q, want it refused", url, ref.URL)
		}
	}
}

func TestKeyRefIsNotNeeded(t *testing.T) {
	s := compile(t, keyed(snsLike()), scheme.EventDef{})
	good := "https://sns.us-east-1.amazonaws.com" + cert
	for name, edit := range map[string]func(*webhook.Request){
		"no signature": func(r *webhook.Request) { r.Header.Del("X-Sig") },
		"two":          func(r *webhook.Request) { r.Header.Add("X-Sig", "00") },
		"cut":          func(r *webhook.Request) { r.Truncated = true },
	} {
		req := certRequest(good)
		edit(req)
		if _, needed, refusal := s.KeyRef(req); needed || refusal.Reason != "" {
			t.Errorf("%s: KeyRef = %v, %+v, want no key needed: Verify says why", name, needed, refusal)
		}
		if v := scheme.Verify(s, req, nil, now); v.Accepted() || v.Reason == webhook.NoSecret {
			t.Errorf("%s: Verify without keys = %+v, want its own reason", name, v)
		}
	}
	plain := compile(t, discordLike(), scheme.EventDef{})
	if _, needed, refusal := plain.KeyRef(certRequest(good)); needed || refusal.Reason != "" || plain.FetchesKeys() || !s.FetchesKeys() {
		t.Errorf("KeyRef of a scheme without keys = %v, %+v, want none needed", needed, refusal)
	}
	for body, want := range map[string]webhook.Reason{
		`{}`:                       webhook.FieldMissing,
		`{"SigningCertURL":1}`:     webhook.KeyNotAllowed,
		`{"SigningCertURL":["a"]}`: webhook.FieldMalformed,
		`{"SigningCertURL":"` + good + `","SigningCertURL":"` + good + `"}`: webhook.BodyAmbiguous,
		`x`: webhook.BodyMalformed,
	} {
		req := certRequest(good)
		req.Body = []byte(body)
		if _, needed, refusal := s.KeyRef(req); needed || refusal.Reason != want {
			t.Errorf("KeyRef of %s = %v, %+v, want %s", body, needed, refusal, want)
		}
	}
}

// byID asks for each key by its identifier.
func byID() scheme.KeysDef {
	return scheme.KeysDef{
		URL: "https://api.{setting.env}.example/v2/keys/{id}", Format: "json", At: "data.publicKey", ID: "{header.x-key-id}", TTL: "10m",
		Request: scheme.KeyRequestDef{Headers: map[string]string{"Authorization": "Bearer {credential.api_key}"}},
	}
}

func TestKeyIdentifiersStayInTheirPlace(t *testing.T) {
	s, err := scheme.Compile(keyed(byID()), scheme.EventDef{}, map[string]string{"env": "circle"})
	if err != nil {
		t.Fatal(err)
	}
	refer := func(id string) (webhook.KeyRef, webhook.Verdict) {
		req := certRequest("")
		req.Header["X-Key-Id"] = []string{id}
		ref, _, refusal := s.KeyRef(req)
		return ref, refusal
	}
	for id, want := range map[string]string{
		"3fa85f64-5717": "3fa85f64-5717", "a+b=": "a%2Bb%3D", "a?b#c": "a%3Fb%23c", "k@x:1": "k%40x%3A1", "a..b": "a..b", "~": "~",
	} {
		ref, refusal := refer(id)
		if refusal.Reason != "" || ref.URL != "https://api.circle.example/v2/keys/"+want || ref.ID != id || !ref.ByID || !ref.Chosen || ref.TTL != 10*time.Minute {
			t.Errorf("KeyRef of %q = %+v, %+v, want it escaped as %q", id, ref, refusal, want)
		}
	}
	for id, want := range map[string]webhook.Reason{
		"..": webhook.KeyNotAllowed, ".": webhook.KeyNotAllowed, "a/b": webhook.KeyNotAllowed, `a\b`: webhook.KeyNotAllowed, "%2e%2e": webhook.KeyNotAllowed,
		"": webhook.FieldMalformed, "a b": webhook.FieldMalformed, "a\r\nX: y": webhook.FieldMalformed, "é": webhook.FieldMalformed, strings.Repeat("k", 257): webhook.FieldMalformed,
	} {
		if ref, refusal := refer(id); refusal.Reason != want {
			t.Errorf("KeyRef of %q = %q, %+v, want %s", id, ref.URL, refusal, want)
		}
	}
	a, _ := refer("a")
	b, _ := refer("b")
	if a.Group != b.Group || a.Group == "" {
		t.Errorf("groups of two identifiers = %q and %q, want one", a.Group, b.Group)
	}
	if got := s.KeyCredentials(); !slices.Equal(got, []string{"api_key"}) {
		t.Errorf("KeyCredentials = %q, want api_key", got)
	}
}

// Values after the first are escaped too, wherever they stand.
func TestKeyURLValuesStayInTheirPlace(t *testing.T) {
	s := compile(t, keyed(scheme.KeysDef{
		URL: "https://{header.x-region}.keys.example/{header.x-team}/k?team={header.x-team}", Hosts: []string{"*.keys.example"}, Format: "jwks",
	}), scheme.EventDef{})
	for _, test := range []struct{ region, team, want string }{
		{"eu", "a", "https://eu.keys.example/a/k?team=a"},
		{"EU", "a&b=c", "https://eu.keys.example/a%26b%3Dc/k?team=a%26b%3Dc"},
		{"eu", "a?b", "https://eu.keys.example/a%3Fb/k?team=a%3Fb"},
		{"evil.example/", "a", ""},
		{"evil.example#", "a", ""},
		{"a.b", "a", ""},
		{"", "a", ""},
		{"eu", "", ""},
		{"eu", "..", ""},
		{"eu", "a/../b", ""},
	} {
		req := certRequest("")
		req.Header["X-Region"], req.Header["X-Team"] = []string{test.region}, []string{test.team}
		ref, needed, refusal := s.KeyRef(req)
		if ref.URL != test.want || needed != (test.want != "") || needed == (refusal.Reason == webhook.KeyNotAllowed) {
			t.Errorf("KeyRef of %q and %q = %q, %v, %+v, want %q", test.region, test.team, ref.URL, needed, refusal, test.want)
		}
	}
}

// The credentials of Plaid and the token of eBay, as a pack writes them.
func TestKeysFromTOML(t *testing.T) {
	var pack struct {
		Scheme struct {
			Keys *scheme.KeysDef `toml:"keys"`
		} `toml:"scheme"`
	}
	err := tomlfile.Decode("provider.toml", []byte(`
[scheme.keys]
url    = "https://production.plaid.com/webhook_verification_key/get"
format = "json"
at     = "key"
id     = "{header.x-key-id}"
[scheme.keys.request]
json = { client_id = "{credential.client_id}", secret = "{credential.secret}", key_id = "{id}", note = "{{{token}}}" }
[scheme.keys.token]
url = "https://api.{setting.env}.com/identity/v1/oauth2/token"
[scheme.keys.token.request]
basic = "{credential.app}:{credential.cert}"
form  = { grant_type = "client_credentials" }
`), &pack)
	if err != nil {
		t.Fatal(err)
	}
	s, err := scheme.Compile(keyed(*pack.Scheme.Keys), scheme.EventDef{}, map[string]string{"env": "ebay"})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"k1", "k2"} {
		req := certRequest("")
		req.Header.Set("X-Key-Id", id)
		ref, needed, refusal := s.KeyRef(req)
		if !needed || refusal.Reason != "" || ref.Request.Method != "POST" || ref.Token.At != "access_token" || ref.Token.URL != "https://api.ebay.com/identity/v1/oauth2/token" {
			t.Fatalf("KeyRef = %+v, %v, %+v", ref, needed, refusal)
		}
		if got := ref.Request.JSON[1]; got.Name != "key_id" || len(got.Value) != 1 || got.Value[0] != (webhook.KeyPart{Text: id}) {
			t.Errorf("key_id = %+v, want %s", got, id)
		}
		note := webhook.KeyText{{Text: "{"}, {Kind: webhook.KeyTokenText}, {Text: "}"}}
		if got := ref.Request.JSON[2].Value; !slices.Equal(got, note) {
			t.Errorf("note = %+v, want %+v", got, note)
		}
	}
	if got, want := s.KeyCredentials(), []string{"app", "cert", "client_id", "secret"}; !slices.Equal(got, want) {
		t.Errorf("KeyCredentials = %q, want %q", got, want)
	}
}

func TestKeysFaults(t *testing.T) {
	for want, edit := range map[string]func(*scheme.KeysDef){
		"url is missing":                   func(d *scheme.KeysDef) { d.URL = "" },
		"leaves the host to the request":   func(d *scheme.KeysDef) { d.Hosts = nil },
		"leaves the path to the request":   func(d *scheme.KeysDef) { d.Path = "" },
		"must end with two literal labels": func(d *scheme.KeysDef) { d.Hosts = []string{"sns.*.com"} },
		`"*" must end with two`:            func(d *scheme.KeysDef) { d.Hosts = []string{"*"} },
		`"10.0.0.1" must end`:              func(d *scheme.KeysDef) { d.Hosts = []string{"10.0.0.1"} },
		"is no name whose labels":          func(d *scheme.KeysDef) { d.Hosts = []string{"s*.amazonaws.com"} },
		`"a..b.com" is no name`:            func(d *scheme.KeysDef) { d.Hosts = []string{"a..b.com"} },
		"is no host in lower case":         func(d *scheme.KeysDef) { d.Except = []string{"S3"} },
		`path = "x.pem" is no plain path`:  func(d *scheme.KeysDef) { d.Path = "x.pem" },
		`path = "/../x" is no plain path`:  func(d *scheme.KeysDef) { d.Path = "/../x" },
		`path = "/[a]" is no plain path`:   func(d *scheme.KeysDef) { d.Path = "/[a]" },
		`format = "der" is none of`:        func(d *scheme.KeysDef) { d.Format = "der" },
		`at = "key" goes with`:             func(d *scheme.KeysDef) { d.At = "key" },
		"entry_id and entry_key":           func(d *scheme.KeysDef) { d.EntryID = "id" },
		`entry_id = "id" goes with`:        func(d *scheme.KeysDef) { d.EntryID, d.EntryKey = "id", "key" },
		`ttl = "1s"`:                       func(d *scheme.KeysDef) { d.TTL = "1s" },
		`ttl = "25h"`:                      func(d *scheme.KeysDef) { d.TTL = "25h" },
		`ttl = "soon"`:                     func(d *scheme.KeysDef) { d.TTL = "soon" },
		"picks nothing":                    func(d *scheme.KeysDef) { d.ID = "{header.x-id}" },
		"must be one value":                func(d *scheme.KeysDef) { d.ID = "x{header.x-id}" },
		"id is missing":                    func(d *scheme.KeysDef) { d.URL = "https://a.example/{id}"; d.Path = "" },
		"does not begin with https":        func(d *scheme.KeysDef) { d.URL = "http://a.example/k" },
		"no plain DNS name":                func(d *scheme.KeysDef) { d.URL = "https://10.0.0.1/k" },
		"on port 443":                      func(d *scheme.KeysDef) { d.URL = "https://a.example:8443/k" },
		"not among keys.hosts":             func(d *scheme.KeysDef) { d.URL = "https://a.example/k" },
		"neither the body nor the secret":  func(d *scheme.KeysDef) { d.URL = "https://a.example/{body}" },
		"has a path that is not plain":     func(d *scheme.KeysDef) { d.URL = "https://a.example//k" },
		`no setting "env"`:                 func(d *scheme.KeysDef) { d.URL = "https://{setting.env}/k" },
		"want GET or POST":                 func(d *scheme.KeysDef) { d.Request.Method = "PUT" },
		"goes with no body":                func(d *scheme.KeysDef) { d.Request.Method = "GET"; d.Request.Form = map[string]string{"a": "b"} },
		"json or form":                     func(d *scheme.KeysDef) { d.Request.JSON = map[string]string{"a": "b"}; d.Request.Form = d.Request.JSON },
		`"Host" cannot be given`:           func(d *scheme.KeysDef) { d.Request.Headers = map[string]string{"Host": "a"} },
		`"a b" cannot be given`:            func(d *scheme.KeysDef) { d.Request.Headers = map[string]string{"a b": "a"} },
		`"authorization" cannot`: func(d *scheme.KeysDef) {
			d.Request.Headers = map[string]string{"authorization": "a"}
			d.Request.Basic = "a:b"
		},
		"unknown value {json.a}":          func(d *scheme.KeysDef) { d.Request.Basic = "{json.a}" },
		"unknown value {credential.}":     func(d *scheme.KeysDef) { d.Request.Basic = "{credential.}" },
		"a } without its {":               func(d *scheme.KeysDef) { d.Request.Basic = "a}b" },
		"a { without a name":              func(d *scheme.KeysDef) { d.Request.Basic = "a{b" },
		"token is missing":                func(d *scheme.KeysDef) { d.Request.Basic = "a:{token}" },
		"token is asked for and not used": func(d *scheme.KeysDef) { d.Token = &scheme.KeyTokenDef{URL: "https://a.example/t"} },
		"token.url": func(d *scheme.KeysDef) {
			d.Request.Basic = "a:{token}"
			d.Token = &scheme.KeyTokenDef{URL: "http://a.example/t"}
		},
		"takes no value but": func(d *scheme.KeysDef) { d.Request.Basic = "a:{token}"; d.Token = &scheme.KeyTokenDef{URL: "{json.a}"} },
		"takes neither {token} nor {id}": func(d *scheme.KeysDef) {
			d.Request.Basic = "a:{token}"
			d.Token = &scheme.KeyTokenDef{URL: "https://a.example/t", Request: scheme.KeyRequestDef{Basic: "a:{id}"}}
		},
	} {
		keys := snsLike()
		edit(&keys)
		_, err := scheme.Compile(keyed(keys), scheme.EventDef{}, nil)
		if err == nil || !strings.Contains(err.Error(), "keys") || !strings.Contains(err.Error(), want) {
			t.Errorf("Compile(%+v) = %v, want an error with %q", keys, err, want)
		}
	}
	hmac := stripeLike()
	keys := snsLike()
	hmac.Keys = &keys
	if _, err := scheme.Compile(hmac, scheme.EventDef{}, nil); err == nil || !strings.Contains(err.Error(), "takes a secret") {
		t.Errorf("Compile of an HMAC with fetched keys = %v, want an error", err)
	}
}

// A rule states the URL itself, and the allow-list is the pack's.
func TestKeyRefOfARule(t *testing.T) {
	keys := scheme.KeysDef{Hosts: []string{"webhooks.truelayer.com", "webhooks.truelayer-sandbox.com"}, Path: "/.well-known/jwks", Format: "jwks"}
	s := compile(t, scheme.Definition{Rule: "rule.js", Algorithms: scheme.List{"ed25519"}, Keys: &keys}, scheme.EventDef{})
	if _, needed, refusal := s.KeyRef(certRequest("")); needed || refusal.Reason != "" {
		t.Errorf("KeyRef = %v, %+v, want nothing: the rule states the URL", needed, refusal)
	}
	ref, refusal := s.KeyRefAt("https://webhooks.truelayer.com/.well-known/jwks", "kid")
	if refusal.Reason != "" || ref.Host != "webhooks.truelayer.com" || ref.ID != "kid" || !ref.Chosen {
		t.Errorf("KeyRefAt = %+v, %+v, want the reference", ref, refusal)
	}
	for _, url := range []string{"https://webhooks.truelayer.com.evil.com/.well-known/jwks", "https://webhooks.truelayer.com/other", ""} {
		if ref, refusal := s.KeyRefAt(url, ""); refusal.Reason != webhook.KeyNotAllowed {
			t.Errorf("KeyRefAt(%q) = %+v, %+v, want it refused", url, ref, refusal)
		}
	}
	keys.Hosts = nil
	if _, err := scheme.Compile(scheme.Definition{Rule: "rule.js", Algorithms: scheme.List{"ed25519"}, Keys: &keys}, scheme.EventDef{}, nil); err == nil {
		t.Error("Compile of a rule without hosts = nil, want an error")
	}
	fixed := compile(t, keyed(scheme.KeysDef{URL: "https://api.cryptapi.io/pubkey/", Format: "pem"}), scheme.EventDef{})
	if ref, refusal := fixed.KeyRefAt("", ""); refusal.Reason != "" || ref.URL != "https://api.cryptapi.io/pubkey/" || ref.Chosen {
		t.Errorf("KeyRefAt of a fixed URL = %+v, %+v, want it", ref, refusal)
	}
	if ref, refusal := fixed.KeyRefAt("https://evil.example/", ""); refusal.Reason != webhook.KeyNotAllowed {
		t.Errorf("KeyRefAt beside a fixed URL = %+v, want it refused", ref)
	}
}
