package script

import (
	"slices"
	"time"

	"github.com/dop251/goja"

	"github.com/hookseal/hookseal/engine/webhook"
)

// claimReader reads what claim returned. The package documentation shows the
// shape.
type claimReader struct {
	call *call
	// fault is why what is being read cannot hold.
	fault webhook.Reason
}

func (r *claimReader) read(v goja.Value) (*webhook.Claim, error) {
	f, err := objectFields(v, "claim", "refused", "anyOf", "time", "id", "type", "conditions", "challenge")
	if err != nil {
		return nil, err
	}
	claim := &webhook.Claim{}
	if claim.Refused, err = refusal(f); err != nil || claim.Refused != "" {
		return claim, err
	}
	if err := r.alternatives(f, claim); err != nil {
		return nil, err
	}
	if claim.Conditions, err = listOf(f, "conditions", r.condition); err != nil {
		return nil, err
	}
	r.fault = ""
	if claim.Time, err = r.time(f); err != nil {
		return nil, err
	}
	claim.Refused = earlier(claim.Refused, r.fault)
	if claim.ID, err = r.optionalValue(f, "id"); err != nil {
		return nil, err
	}
	if claim.Type, err = r.optionalValue(f, "type"); err != nil {
		return nil, err
	}
	if claim.Challenge, err = r.challenge(f); err != nil {
		return nil, err
	}
	if claim.Refused != "" {
		return &webhook.Claim{Refused: claim.Refused}, nil
	}
	if len(claim.AnyOf) == 0 && claim.Challenge == nil {
		return nil, abiFault("claim.anyOf is empty: a claim without alternatives never holds")
	}
	return claim, nil
}

func refusal(f fields) (webhook.Reason, error) {
	text, err := f.text("refused", "")
	reason := webhook.Reason(text)
	if err == nil && reason != "" && !slices.Contains(webhook.Reasons(), reason) {
		err = abiFault("%s.refused is %q, want one of %v", f.path, text, webhook.Reasons())
	}
	return reason, err
}

// alternatives reads anyOf. One that cannot hold is left out; where none is
// left, its reason stands for the claim.
func (r *claimReader) alternatives(f fields, claim *webhook.Claim) error {
	var refused webhook.Reason
	read, err := listOf(f, "anyOf", func(v goja.Value, path string) (*webhook.Alternative, error) {
		r.fault = ""
		alt, err := r.alternative(v, path)
		if r.fault != "" {
			refused = earlier(refused, r.fault)
			return nil, err
		}
		return &alt, err
	})
	if err != nil {
		return err
	}
	for _, alt := range read {
		if alt != nil {
			claim.AnyOf = append(claim.AnyOf, *alt)
		}
	}
	if len(claim.AnyOf) == 0 {
		claim.Refused = refused
	}
	return nil
}

// earlier returns the reason that a request meets first.
func earlier(a, b webhook.Reason) webhook.Reason {
	order := webhook.Reasons()
	if a == "" || b != "" && slices.Index(order, b) < slices.Index(order, a) {
		return b
	}
	return a
}

func (r *claimReader) alternative(v goja.Value, path string) (alt webhook.Alternative, err error) {
	f, err := objectFields(v, path, "name", "allOf")
	if err != nil {
		return alt, err
	}
	if alt.Name, err = f.text("name", ""); err != nil {
		return alt, err
	}
	alt.AllOf, err = listOf(f, "allOf", r.check)
	if err == nil && len(alt.AllOf) == 0 {
		err = abiFault("%s.allOf is empty: an alternative without checks never holds", path)
	}
	return alt, err
}

func (r *claimReader) time(f fields) (claim webhook.TimeClaim, err error) {
	v := f.get("time")
	if v == nil {
		return claim, nil
	}
	t, err := objectFields(v, f.path+".time", "value", "unit", "tolerance")
	if err != nil {
		return claim, err
	}
	if claim.Value, err = r.value(t.get("value"), t.path+".value"); err != nil {
		return claim, err
	}
	if claim.Units, err = listOf(t, "unit", textAs[webhook.TimeUnit]); err != nil {
		return claim, err
	}
	if len(claim.Units) == 0 {
		return claim, abiFault("%s.unit is missing", t.path)
	}
	tolerance, err := t.text("tolerance", "off")
	if err != nil || tolerance == "off" {
		return claim, err
	}
	bound, err := time.ParseDuration(tolerance)
	if err != nil || bound <= 0 {
		return claim, abiFault("%s.tolerance is %q, want a positive duration such as \"5m\", or \"off\"", t.path, tolerance)
	}
	claim.Past, claim.Future, claim.Enforced = bound, bound, true
	return claim, nil
}
