package scheme

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/hookseal/hookseal/engine/webhook"
)

// maxPairs bounds the pairs of a form, and with it the work of sorting them.
const maxPairs = 1000

// parseForm reads application/x-www-form-urlencoded text
// (https://url.spec.whatwg.org/#urlencoded-parsing) strictly: it reports false
// where two readers could understand it differently, which is a percent sign
// without two hex digits, a bare semicolon, and text that is not UTF-8.
func parseForm(text string) ([]pair, bool) {
	var pairs []pair
	for item := range strings.SplitSeq(text, "&") {
		if item == "" {
			continue
		}
		name, value, _ := strings.Cut(item, "=")
		p := pair{}
		for _, part := range []struct {
			to   *string
			text string
		}{{&p.name, name}, {&p.value, value}} {
			decoded, err := url.QueryUnescape(part.text)
			if err != nil || strings.Contains(part.text, ";") || !utf8.ValidString(decoded) {
				return nil, false
			}
			*part.to = decoded
		}
		if pairs = append(pairs, p); len(pairs) > maxPairs {
			return nil, false
		}
	}
	return pairs, true
}

// parseMultipart reads the fields of multipart/form-data (RFC 7578), which
// Dropbox Sign sends. Files are no fields.
func parseMultipart(body []byte, boundary string) ([]pair, bool) {
	var pairs []pair
	for r := multipart.NewReader(bytes.NewReader(body), boundary); ; {
		part, err := r.NextRawPart()
		if err == io.EOF {
			return pairs, true
		}
		if err != nil || len(pairs) >= maxPairs {
			return nil, false
		}
		value, err := io.ReadAll(part)
		if err != nil || !utf8.Valid(value) || len(part.Header["Content-Disposition"]) > 1 {
			return nil, false
		}
		if part.FileName() == "" && part.FormName() != "" {
			pairs = append(pairs, pair{part.FormName(), string(value)})
		}
	}
}

// wholePairs reads all fields of a form or query. An empty body is an empty form
// whatever it is declared as.
func (j *judge) wholePairs(v webhook.Value) ([]pair, webhook.Verdict) {
	if v.Origin.Kind == webhook.QueryOrigin {
		pairs, ok := parseForm(j.req.RawQuery())
		if !ok {
			return nil, webhook.Rejected(webhook.FieldMalformed, "the query cannot be read")
		}
		return pairs, webhook.Verdict{}
	}
	if len(j.req.Body) == 0 {
		return nil, webhook.Verdict{}
	}
	pairs, declared, refusal := j.formPairs()
	if refusal.Reason == "" && !declared {
		refusal = webhook.Rejected(webhook.FieldMalformed, "the body is not declared to be a form")
	}
	return pairs, refusal
}

// formField reads one field. A body that is no form has none.
func (j *judge) formField(v webhook.Value) (webhook.Value, webhook.Verdict) {
	pairs, declared, refusal := j.formPairs()
	if refusal.Reason != "" || !declared {
		return v, refusal
	}
	return theField(v, pairs, "form field ")
}

// theField takes the one field of a name.
func theField(v webhook.Value, pairs []pair, what string) (webhook.Value, webhook.Verdict) {
	for _, p := range pairs {
		if p.name != v.Origin.Name {
			continue
		}
		if v.Found {
			return v, webhook.Rejected(webhook.FieldAmbiguous, what+v.Origin.Name+" is given more than once")
		}
		v.Text, v.Found = p.value, true
	}
	return v, webhook.Verdict{}
}

// formPairs reads the body's fields, and reports whether it is declared to be a
// form in UTF-8.
func (j *judge) formPairs() (pairs []pair, declared bool, refusal webhook.Verdict) {
	types := j.req.Header["Content-Type"]
	if len(types) > 1 {
		return nil, false, webhook.Rejected(webhook.FieldAmbiguous, "Content-Type is given more than once")
	}
	if len(types) == 0 {
		return nil, false, webhook.Verdict{}
	}
	kind, params, err := mime.ParseMediaType(types[0])
	if charset, given := params["charset"]; err != nil || given && !strings.EqualFold(charset, "utf-8") {
		return nil, false, webhook.Verdict{}
	}
	ok := true
	switch kind {
	case "application/x-www-form-urlencoded":
		pairs, ok = parseForm(string(j.req.Body))
	case "multipart/form-data":
		pairs, ok = parseMultipart(j.req.Body, params["boundary"])
	default:
		return nil, false, webhook.Verdict{}
	}
	if !ok {
		return nil, true, webhook.Rejected(webhook.FieldMalformed, "the form cannot be read")
	}
	return pairs, true, webhook.Verdict{}
}
