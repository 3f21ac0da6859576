package scheme

import (
	"errors"
	"net/url"

	"github.com/hookseal/hookseal/engine/scheme/jsonvalue"
	"github.com/hookseal/hookseal/engine/webhook"
)

// resolve reads a value from the request. The verdict has a reason when the
// value is there and cannot count; an absent one is not Found.
func (j *judge) resolve(ref *reference) (webhook.Value, webhook.Verdict) {
	var v webhook.Value
	var refusal webhook.Verdict
	if ref.whole {
		v, refusal = j.form(webhook.Value{Origin: ref.origin})
	} else {
		v, refusal = j.at(ref.origin, len(ref.pipes) > 0)
	}
	if refusal.Reason != "" {
		return v, refusal
	}
	if ref.either != nil {
		other, refusal := j.at(*ref.either, len(ref.pipes) > 0)
		switch {
		case refusal.Reason != "":
			return other, refusal
		case v.Found && other.Found:
			return v, webhook.Rejected(webhook.FieldAmbiguous, "both of "+ref.source+" are present")
		case other.Found:
			v = other
		}
	}
	if !v.Found {
		return v, webhook.Verdict{}
	}
	for _, p := range ref.pipes {
		text, ok := p.apply(v.Text)
		if !ok {
			return v, webhook.Rejected(webhook.FieldMalformed, ref.source+" does not fit "+p.name)
		}
		v.Text = text
	}
	return v, webhook.Verdict{}
}

// Read returns the value at one place of a request, as schemes read it. The
// reason is empty unless the value is there and cannot count, because it is
// given twice or is no scalar; an absent value is not Found.
func Read(req *webhook.Request, at webhook.Origin) (webhook.Value, webhook.Reason) {
	j := judge{req: req}
	v, refusal := j.at(at, false)
	return v, refusal.Reason
}

// at reads one place. With textOnly a JSON value must be a string, since a pipe
// gives a number another meaning than its sender did.
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
	case webhook.JSONOrigin:
		return j.json(v, textOnly)
	case webhook.SignatureOrigin:
		v = j.syntax.find(o.Name)
	case webhook.MethodOrigin:
		v.Text, v.Found = j.req.Method, true
	case webhook.PathOrigin:
		v.Text, v.Found = j.req.Path(), true
	case webhook.URLOrigin:
		v.Text, v.Found = j.req.URL(), true
	}
	return v, webhook.Verdict{}
}

func (j *judge) query(v webhook.Value) (webhook.Value, webhook.Verdict) {
	query, err := url.ParseQuery(j.req.RawQuery())
	if err != nil {
		return v, webhook.Rejected(webhook.FieldMalformed, "the query cannot be read")
	}
	values := query[v.Origin.Name]
	if len(values) > 1 {
		return v, webhook.Rejected(webhook.FieldAmbiguous, "query "+v.Origin.Name+" is given more than once")
	}
	if len(values) == 1 {
		v.Text, v.Found = values[0], true
	}
	return v, webhook.Verdict{}
}

func (j *judge) json(v webhook.Value, textOnly bool) (webhook.Value, webhook.Verdict) {
	field, err := jsonvalue.Lookup(j.req.Body, v.Origin.Name)
	switch {
	case errors.Is(err, jsonvalue.ErrDuplicate):
		return v, webhook.Rejected(webhook.BodyAmbiguous, v.Origin.Name+" is given more than once")
	case err != nil:
		return v, webhook.Rejected(webhook.BodyMalformed, err.Error())
	case field.Kind == jsonvalue.Object, field.Kind == jsonvalue.Array, field.Found && field.Kind == jsonvalue.Null:
		return v, webhook.Rejected(webhook.FieldMalformed, v.Origin.Name+" is not a text, a number or a boolean")
	case !field.Found:
		return v, webhook.Verdict{}
	case textOnly && field.Kind != jsonvalue.String:
		return v, webhook.Rejected(webhook.FieldMalformed, v.Origin.Name+" is not a text")
	}
	v.Text, v.Found = field.Text, true
	return v, webhook.Verdict{}
}
