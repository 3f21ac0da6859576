package engine_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/netip"
	"net/url"
	"slices"
	"testing"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/webhook"
)

func pitfallsOfURLs() []pitfall {
	return []pitfall{
		{26, "a URL is signed as the sender knows it", publicURL},
		{27, "form fields that repeat count once, and in their order", formFields},
		{28, "no part of a URL chooses another scheme", schemeByURL},
	}
}

// twilio returns the header of Twilio over a URL and what follows it.
func twilio(text string) []string {
	m := hmac.New(sha1.New, []byte("key"))
	m.Write([]byte(text))
	return []string{"X-Twilio-Signature", base64.StdEncoding.EncodeToString(m.Sum(nil))}
}

// form is the header of a body that is one.
func form(header []string) []string {
	return slices.Concat(header, []string{"Content-Type", "application/x-www-form-urlencoded"})
}

func gateAt(t *testing.T, provider, public string) *gate {
	t.Helper()
	return gateOf(t, engine.Config{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}},
		engine.Source{Provider: provider, Secrets: webhook.Secrets{key(t, "key")}, AllowUncoveredBody: true, PublicURL: public})
}

func publicURL(t *testing.T) {
	const path = "/in/in"
	for _, tt := range []struct {
		public, remote, target, signed string
		header                         []string
		want                           webhook.Reason
	}{
		{"", "", path, "http://example.com" + path, nil, accepted},
		{"", "", path, "https://example.com" + path, nil, webhook.SignatureMismatch},
		{"https://a.example", "", path, "https://a.example" + path, nil, accepted},
		{"https://a.example", "", path, "https://a.example:443" + path, nil, accepted},
		{"https://a.example:443", "", path, "https://a.example" + path, nil, accepted},
		{"https://a.example:8443", "", path, "https://a.example:8443" + path, nil, accepted},
		{"https://a.example", "", path, "https://a.example:8443" + path, nil, webhook.SignatureMismatch},
		{"https://a.example", "", path + "?q='a'&r=%2F%20+", "https://a.example" + path + "?q='a'&r=%2F%20+", nil, accepted},
		{"https://a.example", "", path + "?q='a'", "https://a.example" + path + "?q=%27a%27", nil, webhook.SignatureMismatch},
		{"https://a.example", "", path + "?b=1&a=2", "https://a.example" + path + "?a=2&b=1", nil, webhook.SignatureMismatch},
		{"https://a.example/h%2Fook//./x", "", path, "https://a.example/h%2Fook//./x", nil, accepted},
		{"https://a.example/h%2Fook//./x", "", path, "https://a.example/h/ook/x", nil, webhook.SignatureMismatch},
		// What says where the request went counts from a trusted proxy alone.
		{"", "10.0.0.1:1", path, "https://a.example" + path, []string{"X-Forwarded-Proto", "https", "X-Forwarded-Host", "a.example"}, accepted},
		{"", "192.0.2.9:1", path, "https://a.example" + path, []string{"X-Forwarded-Proto", "https", "X-Forwarded-Host", "a.example"}, webhook.SignatureMismatch},
		{"", "192.0.2.9:1", path, "https://a.example" + path, []string{"X-Original-Url", "https://a.example" + path, "Host", "a.example"}, webhook.SignatureMismatch},
	} {
		g := gateAt(t, "twilio", tt.public)
		g.remote = tt.remote
		want(t, tt.public+" "+tt.target+" signed as "+tt.signed, g.send("POST", tt.target, "a=1", form(append(twilio(tt.signed+"a1"), tt.header...))...), tt.want)
	}
}

func formFields(t *testing.T) {
	const at = "https://a.example/in/in"
	g := gateAt(t, "twilio", "https://a.example")
	for body, signed := range map[string]string{
		"b=2&a=1":                          "a1b2",
		"a=2&a=1&a=2":                      "a1a2",
		"a=1&a=1":                          "a1",
		"ReasonConferenceEnded=x&Reason=y": "ReasonyReasonConferenceEndedx",
		"a=b+c&d=%2B":                      "ab cd+",
		"b=&a":                             "ab",
		url.Values{"é": {"🎉"}, "Z": {"z"}}.Encode(): "Zzé🎉",
	} {
		want(t, body, g.post(body, form(twilio(at+signed))...), accepted)
	}
	for body, signed := range map[string]string{"b=2&a=1": "b2a1", "a=2&a=1": "a2a1", "a=1&a=1": "a1a1"} {
		want(t, body, g.post(body, form(twilio(at+signed))...), webhook.SignatureMismatch)
	}
	// That fields can be parted anew is why the body counts as not covered.
	want(t, "parted anew", g.post("ab=c", form(twilio(at+"abc"))...), accepted)
	want(t, "parted anew", g.post("a=bc", form(twilio(at+"abc"))...), accepted)
	if g.covers != `"none"` {
		t.Errorf("covers = %s, want none", g.covers)
	}
}

func schemeByURL(t *testing.T) {
	body := `{"a":1}`
	sum := sha256.Sum256([]byte(body))
	digest := hex.EncodeToString(sum[:])
	forms, objects := gateAt(t, "twilio", "https://a.example"), gateAt(t, "twilio-json", "https://a.example")
	for _, query := range []string{"?bodySHA256=" + digest, "?x=bodySHA256", "?xbodySHA256=" + digest, "?bodysha256=" + digest} {
		at := "https://a.example/in/in" + query
		target := "/in/in" + query
		want(t, "a form under "+query+" without its fields signed", forms.send("POST", target, "a=1", form(twilio(at))...), webhook.SignatureMismatch)
		want(t, "a form under "+query, forms.send("POST", target, "a=1", form(twilio(at+"a1"))...), accepted)
		refused(t, "no form under "+query, forms.send("POST", target, body, append(twilio(at), "Content-Type", "application/json")...))
		expected := webhook.FieldMissing
		if query == "?bodySHA256="+digest {
			expected = accepted
		}
		want(t, "JSON under "+query, objects.send("POST", target, body, append(twilio(at), "Content-Type", "application/json")...), expected)
	}
	at := "https://a.example/in/in?bodySHA256=" + digest
	want(t, "another body", objects.send("POST", "/in/in?bodySHA256="+digest, body+" ", append(twilio(at), "Content-Type", "application/json")...), webhook.ConditionFailed)
	refused(t, "the name twice", objects.send("POST", "/in/in?bodySHA256="+digest+"&bodySHA256=0", body, twilio(at+"&bodySHA256=0")...))
}
