package scheme

import (
	"fmt"
	"slices"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// Check judges a claim that a rule made about a request. Algorithms other than
// the allowed ones are refused, as is any check in which no key takes part:
// both whatever else the claim says.
func Check(c *webhook.Claim, req *webhook.Request, secrets []webhook.Secret, allowed []webhook.Algorithm, now time.Time) webhook.Verdict {
	if req.Truncated {
		return webhook.Rejected(webhook.BodyTruncated, "")
	}
	if c.Refused != "" {
		return refusedByRule(c.Refused)
	}
	if c.Challenge != nil && !inert(c.Challenge.ContentType) {
		return webhook.Rejected(webhook.FieldMalformed, fmt.Sprintf("the rule answers a challenge as %q; what a request chose is answered as plain text or JSON", clip(c.Challenge.ContentType)))
	}
	if c.Challenge != nil && c.Challenge.Unsigned && len(c.AnyOf) == 0 {
		return webhook.Verdict{Outcome: webhook.Challenged, Reply: c.Challenge}
	}
	if refusal := admissible(c, allowed); refusal.Reason != "" {
		return refusal
	}
	j := &judge{req: req, secrets: secrets, now: now}
	defer j.wipe()
	v, alt := j.anyOf(c.AnyOf)
	switch {
	case v.Accepted():
	case v.Reason == webhook.FieldMissing && len(c.Time.Units) > 0 && !c.Time.Value.Found:
		return webhook.Rejected(webhook.TimestampMissing, "the request states no time")
	default:
		return v
	}
	v.Covers = coverage(c, alt)
	if refusal := j.judgeAmbiguity(v, claimReadsJSON(c, alt)); refusal.Reason != "" {
		return refusal
	}
	for i := range c.Conditions {
		if refusal := j.judgeCondition(&c.Conditions[i]); refusal.Reason != "" {
			return refusal
		}
	}
	if c.Time.Enforced && c.Time.Value.Found && !v.Covers.Has(webhook.CoversTime) {
		return webhook.Rejected(webhook.ClaimUnkeyed, "the time is not signed: a tolerance on it proves nothing")
	}
	if refusal := judgeMoment(&c.Time, now); refusal.Reason != "" {
		return refusal
	}
	if c.Challenge != nil {
		v.Outcome, v.Reply = webhook.Challenged, c.Challenge
	}
	return v
}

// refusedByRule keeps the list of reasons closed against a rule that makes up
// its own.
func refusedByRule(reason webhook.Reason) webhook.Verdict {
	if !slices.Contains(webhook.Reasons(), reason) {
		return webhook.Rejected(webhook.SignatureMalformed, fmt.Sprintf("the rule refuses with %q, which is no reason", clip(string(reason))))
	}
	return webhook.Rejected(reason, "the rule refuses it")
}

func (j *judge) anyOf(alternatives []webhook.Alternative) (webhook.Verdict, webhook.Alternative) {
	first := webhook.Rejected(webhook.SignatureMissing, "the claim has no alternative")
	for i, alt := range alternatives {
		v := j.alternative(alt)
		if v.Accepted() {
			return v, alt
		}
		if i == 0 || v.Reason == webhook.SignatureMismatch {
			first = v
		}
	}
	return first, webhook.Alternative{}
}

// admissible refuses a claim that could prove something by nothing.
func admissible(c *webhook.Claim, allowed []webhook.Algorithm) webhook.Verdict {
	for _, alt := range c.AnyOf {
		for _, check := range alt.AllOf {
			if !slices.Contains(allowed, check.Algorithm) {
				return webhook.Rejected(webhook.AlgorithmNotAllowed, fmt.Sprintf("the rule uses %q and is allowed %v", clip(string(check.Algorithm)), allowed))
			}
			m, ok := methodOf(check.Algorithm)
			if !ok {
				return webhook.Rejected(webhook.AlgorithmNotAllowed, fmt.Sprintf("%q is not computed", check.Algorithm))
			}
			if emptyNested(check.Message) {
				return webhook.Rejected(webhook.ClaimUnkeyed, "a nested digest is of nothing")
			}
			if check.Key.From == webhook.Referenced && m.kind != publicKeyMethod || m.kind == digestMethod && !holds(check.Message, webhook.SecretText) {
				return webhook.Rejected(webhook.ClaimUnkeyed, fmt.Sprintf("no key takes part in the %s check", check.Algorithm))
			}
		}
	}
	return webhook.Verdict{}
}

// emptyNested reports a nested digest without its parts.
func emptyNested(parts []webhook.Part) bool {
	return slices.ContainsFunc(parts, func(p webhook.Part) bool {
		return p.Kind == webhook.Nested && (p.Inner == nil || emptyNested(p.Inner.Parts))
	})
}

// absent finds a value that is signed and not there.
func absent(parts []webhook.Part) (webhook.Origin, bool) {
	for i := range parts {
		switch p := &parts[i]; {
		case p.Kind == webhook.FromValue && !p.Value.Found:
			return p.Value.Origin, true
		case p.Kind == webhook.Nested:
			if at, ok := absent(p.Inner.Parts); ok {
				return at, true
			}
		}
	}
	return webhook.Origin{}, false
}
