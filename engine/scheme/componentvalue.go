package scheme

import (
	"strings"

	"github.com/hookseal/hookseal/engine/webhook"
)

// component reads the value of a component as it is signed. It is one line of
// ASCII: another could be taken for a line more.
func (j *judge) component(c component) (webhook.Value, webhook.Verdict) {
	v, refusal := j.componentText(c)
	switch {
	case refusal.Reason != "":
		return v, refusal
	case !v.Found:
		return v, webhook.Rejected(webhook.FieldMissing, "what the signature covers is absent: "+clip(c.name))
	case strings.ContainsFunc(v.Text, func(r rune) bool { return r != '\t' && (r < ' ' || r > '~') }):
		return v, webhook.Rejected(webhook.FieldMalformed, clip(c.name)+" is not one line of ASCII")
	}
	return v, webhook.Verdict{}
}

func (j *judge) componentText(c component) (webhook.Value, webhook.Verdict) {
	v := webhook.Value{Origin: c.origin(), Found: true}
	switch c.name {
	case "@method":
		v.Text = j.req.Method
	case "@target-uri":
		v.Text = j.req.URL()
	case "@authority":
		v.Text = authority(j.req)
		v.Found = v.Text != ""
	case "@scheme":
		v.Text = lowerASCII(j.req.Scheme)
	case "@request-target":
		v.Text = j.req.Target
	case cavageTarget:
		v.Text = lowerASCII(j.req.Method) + " " + j.req.Target
	case "@path":
		if v.Text = j.req.Path(); v.Text == "" {
			v.Text = "/"
		}
	case "@query":
		v.Text = "?" + j.req.RawQuery()
	case queryParam:
		v.Found = false
		v, refusal := j.query(v)
		v.Text = encodeQuery(v.Text)
		return v, refusal
	case cavageCreated, cavageExpires:
		return j.syntax.find(v.Origin.Name), webhook.Verdict{}
	default:
		return j.field(v)
	}
	return v, webhook.Verdict{}
}

// field reads a header field without the white space around it. RFC 9421 joins
// those of one name; here there is one, since what comes after the signature
// would have to join them in the same way.
func (j *judge) field(v webhook.Value) (webhook.Value, webhook.Verdict) {
	if v.Origin.Name == "Host" {
		v.Text, v.Found = j.req.Host, j.req.Host != ""
		return v, webhook.Verdict{}
	}
	v, refusal := j.at(v.Origin, false)
	v.Text = strings.Trim(v.Text, " \t")
	return v, refusal
}

// authority is the host in lower case, without the port that its scheme has
// anyway (RFC 9421, section 2.2.3).
func authority(req *webhook.Request) string {
	host := lowerASCII(req.Host)
	switch lowerASCII(req.Scheme) {
	case "https":
		return strings.TrimSuffix(host, ":443")
	case "http":
		return strings.TrimSuffix(host, ":80")
	}
	return host
}

// encodeQuery percent-encodes what the URL standard encodes in a form, and a space
// too (RFC 9421, section 2.2.8).
func encodeQuery(text string) string {
	const digits = "0123456789ABCDEF"
	var out strings.Builder
	for _, c := range []byte(text) {
		if inToken(c) && c != '~' || c == '*' {
			out.WriteByte(c)
			continue
		}
		out.Write([]byte{'%', digits[c>>4], digits[c&15]})
	}
	return out.String()
}

// covers returns the places that the required components vouch for, as a
// template: what a signature covers beside them is known with a request alone.
func (p *signaturePlan) covers() template {
	var t template
	add := func(o webhook.Origin) {
		t = append(t, segment{kind: webhook.FromValue, value: &reference{origins: []webhook.Origin{o}, source: o.Name}})
	}
	for _, c := range p.components {
		if o := c.origin(); o.Kind != webhook.NoOrigin {
			add(o)
		}
	}
	if p.parse == messageSyntax {
		for _, name := range messageParams {
			add(webhook.Origin{Kind: webhook.SignatureOrigin, Name: name})
		}
	}
	// Every message has this in one of its lines.
	return append(t, segment{kind: webhook.Literal, literal: map[syntax]string{messageSyntax: "\"\n", cavageSyntax: ": "}[p.parse]})
}
