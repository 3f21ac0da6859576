package scheme

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/hookseal/hookseal/engine/scheme/jsonvalue"
	"github.com/hookseal/hookseal/engine/webhook"
)

// resolve reads a value from the request. The verdict has a reason when the
// value is there and cannot count; an absent one is not Found, unless it is
// optional: then it is empty.
func (j *judge) resolve(ref *reference) (webhook.Value, webhook.Verdict) {
	if ref.header != "" {
		if values := j.req.Header[ref.header]; len(values) == 1 {
			return webhook.Value{Origin: ref.origins[0], Text: values[0], Found: true}, webhook.Verdict{}
		}
	}
	v, refusal := j.locate(ref)
	switch {
	case refusal.Reason != "":
		return v, refusal
	case !v.Found:
		v.Found = ref.optional
		return v, webhook.Verdict{}
	case ref.headers != nil:
		if v, refusal = j.listedHeaders(v, ref.headers); refusal.Reason != "" {
			return v, refusal
		}
	}
	for i := range ref.pipes {
		text, ok := ref.pipes[i].text(v.Text)
		if !ok {
			return v, webhook.Rejected(webhook.FieldMalformed, ref.source+" does not fit "+ref.pipes[i].name)
		}
		v.Text = text
	}
	return v, webhook.Verdict{}
}

// locate reads the one of the reference's places that is present.
func (j *judge) locate(ref *reference) (webhook.Value, webhook.Verdict) {
	if ref.whole {
		v := webhook.Value{Origin: ref.origins[0], Found: true}
		pairs, refusal := j.wholePairs(v)
		if refusal.Reason != "" {
			return v, refusal
		}
		for _, p := range ref.pairs {
			pairs, v.Text = p.apply(pairs)
		}
		return v, webhook.Verdict{}
	}
	textOnly := slices.ContainsFunc(ref.pipes, func(p pipe) bool { return !p.anyScalar })
	var found webhook.Value
	for _, o := range ref.origins {
		if ref.ofItem {
			o.Name = j.item + "." + o.Name
		}
		v, refusal := j.at(o, textOnly)
		switch {
		case refusal.Reason != "":
			return v, refusal
		case v.Found && found.Found:
			return v, webhook.Rejected(webhook.FieldAmbiguous, "more than one of "+ref.source+" is present")
		case v.Found, found.Origin.Kind == webhook.NoOrigin:
			found = v
		}
	}
	return found, webhook.Verdict{}
}

// Read returns the value at one place of a request, as schemes read it. The
// reason is empty unless the value is there and cannot count, because it is
// given twice or is no scalar; an absent value is not Found.
func Read(req *webhook.Request, at webhook.Origin) (webhook.Value, webhook.Reason) {
	j := judge{req: req}
	v, refusal := j.at(at, false)
	return v, refusal.Reason
}

// at reads one place. With textOnly a JSON value must be a string, since most
// pipes give a number another meaning than its sender did.
func (j *judge) at(o webhook.Origin, textOnly bool) (webhook.Value, webhook.Verdict) {
	v := webhook.Value{Origin: o}
	switch o.Kind {
	case webhook.HeaderOrigin:
		values := j.req.Header[o.Name]
		if len(values) > 1 {
			return v, webhook.Rejected(webhook.FieldAmbiguous, o.Name+" is given more than once")
		}
		if len(values) == 1 {
			v.Text, v.Found = values[0], true
		}
	case webhook.QueryOrigin:
		return j.query(v)
	case webhook.FormOrigin:
		return j.formField(v)
	case webhook.CookieOrigin:
		return j.cookie(v)
	case webhook.JSONOrigin:
		return j.json(v, textOnly)
	case webhook.SignatureOrigin:
		v = j.syntax.find(o.Name)
	case webhook.JWTOrigin:
		return j.token.member(v, textOnly)
	case webhook.MethodOrigin:
		v.Text, v.Found = j.req.Method, true
	case webhook.PathOrigin:
		v.Text, v.Found = j.req.Path(), true
	case webhook.TargetOrigin:
		v.Text, v.Found = j.req.Target, true
	case webhook.URLOrigin:
		v.Text, v.Found = j.req.URL(), true
	case webhook.BodyOrigin:
		v.Text, v.Found = string(j.req.Body), true
	}
	return v, webhook.Verdict{}
}

func (j *judge) query(v webhook.Value) (webhook.Value, webhook.Verdict) {
	pairs, ok := parseForm(j.req.RawQuery())
	if !ok {
		return v, webhook.Rejected(webhook.FieldMalformed, "the query cannot be read")
	}
	return theField(v, pairs, "query ")
}

func (j *judge) cookie(v webhook.Value) (webhook.Value, webhook.Verdict) {
	r := http.Request{Header: http.Header{"Cookie": j.req.Header["Cookie"]}}
	for _, c := range r.CookiesNamed(v.Origin.Name) {
		if v.Found {
			return v, webhook.Rejected(webhook.FieldAmbiguous, "cookie "+v.Origin.Name+" is given more than once")
		}
		v.Text, v.Found = c.Value, true
	}
	return v, webhook.Verdict{}
}

func (j *judge) json(v webhook.Value, textOnly bool) (webhook.Value, webhook.Verdict) {
	return scalar(v, j.req.Body, v.Origin.Name, textOnly)
}

// scalar reads a value of a JSON text.
func scalar(v webhook.Value, text []byte, path string, textOnly bool) (webhook.Value, webhook.Verdict) {
	field, err := jsonvalue.Lookup(text, path)
	switch {
	case errors.Is(err, jsonvalue.ErrDuplicate):
		return v, webhook.Rejected(webhook.BodyAmbiguous, path+" is given more than once")
	case err != nil:
		return v, webhook.Rejected(webhook.BodyMalformed, err.Error())
	case field.Kind == jsonvalue.Object, field.Kind == jsonvalue.Array, field.Found && field.Kind == jsonvalue.Null:
		return v, webhook.Rejected(webhook.FieldMalformed, path+" is not a text, a number or a boolean")
	case !field.Found:
		return v, webhook.Verdict{}
	case textOnly && field.Kind != jsonvalue.String:
		return v, webhook.Rejected(webhook.FieldMalformed, path+" is not a text")
	}
	v.Text, v.Found = field.Text, true
	return v, webhook.Verdict{}
}

// signedHeaders is how the headers that a value lists are written.
type signedHeaders struct {
	list, colon, end string
	// required are headers that the list must name, in any case.
	required []string
}

// maxListed bounds the headers that one list may name.
const maxListed = 64

// listedHeaders writes the headers that a value names, as it names them. One
// that is absent, or there twice, cannot have been signed.
func (j *judge) listedHeaders(v webhook.Value, s *signedHeaders) (webhook.Value, webhook.Verdict) {
	names := strings.Split(v.Text, s.list)
	if len(names) > maxListed {
		return v, webhook.Rejected(webhook.FieldMalformed, v.Origin.Name+" lists too many headers")
	}
	for _, name := range s.required {
		if !slices.ContainsFunc(names, func(listed string) bool { return strings.EqualFold(listed, name) }) {
			return v, webhook.Rejected(webhook.FieldMissing, v.Origin.Name+" does not list "+name)
		}
	}
	lines := make([]string, len(names))
	for i, name := range names {
		values := j.req.Header[http.CanonicalHeaderKey(name)]
		if len(values) != 1 {
			return v, webhook.Rejected(webhook.FieldMissing, "a header that "+v.Origin.Name+" lists is absent, or given more than once")
		}
		lines[i] = name + s.colon + values[0]
	}
	v.Text = strings.Join(lines, s.end)
	return v, webhook.Verdict{}
}
