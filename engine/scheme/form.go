package scheme

import (
	"mime"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hookseal/hookseal/engine/webhook"
)

// maxPairs bounds the pairs of a form, and with it the work of sorting them.
const maxPairs = 1000

// pair is one field of a form.
type pair struct{ name, value string }

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

// sortUnique writes the pairs of a form in the order of their names and values,
// each pair once, with nothing between them.
func sortUnique(text string) (string, bool) {
	pairs, ok := parseForm(text)
	if !ok {
		return "", false
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		if c := strings.Compare(a.name, b.name); c != 0 {
			return c
		}
		return strings.Compare(a.value, b.value)
	})
	var out strings.Builder
	for _, p := range slices.Compact(pairs) {
		out.WriteString(p.name)
		out.WriteString(p.value)
	}
	return out.String(), true
}

// form reads the body as one text, for the pipes that take a whole form. An
// empty body is an empty form whatever it is declared as.
func (j *judge) form(v webhook.Value) (webhook.Value, webhook.Verdict) {
	v.Text, v.Found = string(j.req.Body), true
	if len(j.req.Body) == 0 {
		return v, webhook.Verdict{}
	}
	declared, refusal := j.declaresForm()
	if refusal.Reason == "" && !declared {
		refusal = webhook.Rejected(webhook.FieldMalformed, "the body is not declared to be a form")
	}
	return v, refusal
}

// formField reads one field. A body that is no form has none.
func (j *judge) formField(v webhook.Value) (webhook.Value, webhook.Verdict) {
	declared, refusal := j.declaresForm()
	if refusal.Reason != "" || !declared {
		return v, refusal
	}
	pairs, ok := parseForm(string(j.req.Body))
	if !ok {
		return v, webhook.Rejected(webhook.FieldMalformed, "the form cannot be read")
	}
	for _, p := range pairs {
		if p.name != v.Origin.Name {
			continue
		}
		if v.Found {
			return v, webhook.Rejected(webhook.FieldAmbiguous, "form field "+v.Origin.Name+" is given more than once")
		}
		v.Text, v.Found = p.value, true
	}
	return v, webhook.Verdict{}
}

// declaresForm reports whether the body is declared to be a form in UTF-8.
func (j *judge) declaresForm() (bool, webhook.Verdict) {
	declared := j.req.Header["Content-Type"]
	switch len(declared) {
	case 0:
		return false, webhook.Verdict{}
	case 1:
		kind, params, err := mime.ParseMediaType(declared[0])
		charset, given := params["charset"]
		return err == nil && kind == "application/x-www-form-urlencoded" && (!given || strings.EqualFold(charset, "utf-8")), webhook.Verdict{}
	}
	return false, webhook.Rejected(webhook.FieldAmbiguous, "Content-Type is given more than once")
}
