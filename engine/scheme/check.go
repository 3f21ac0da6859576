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
	if c.Challenge != nil && c.Challenge.Unsigned && len(c.AnyOf) == 0 {
		return webhook.Verdict{Outcome: webhook.Challenged, Reply: c.Challenge}
	}
	if refusal := admissible(c, allowed); refusal.Reason != "" {
		return refusal
	}
	j := &judge{req: req, secrets: secrets, now: now}
	defer j.wipe()
	v, alt := j.anyOf(c.AnyOf)
	if !v.Accepted() {
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
			if check.Key.From == webhook.Referenced || m.size > 0 && !m.mac && !holdsSecret(check.Message) {
				return webhook.Rejected(webhook.ClaimUnkeyed, fmt.Sprintf("no key takes part in the %s check", check.Algorithm))
			}
		}
	}
	return webhook.Verdict{}
}

func holdsSecret(parts []webhook.Part) bool {
	return slices.ContainsFunc(parts, func(p webhook.Part) bool {
		return p.Kind == webhook.SecretText || p.Kind == webhook.Nested && p.Inner != nil && holdsSecret(p.Inner.Parts)
	})
}
