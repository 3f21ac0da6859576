package scheme

import (
	"crypto/subtle"
	"fmt"
	"slices"

	"github.com/hookseal/hookseal/engine/scheme/jsonvalue"
	"github.com/hookseal/hookseal/engine/webhook"
)

// judgeAmbiguity refuses a body that readers could understand in two ways,
// where what counts was not the bytes alone.
func (j *judge) judgeAmbiguity(v webhook.Verdict, readsJSON bool) webhook.Verdict {
	if !readsJSON && !v.Restringified {
		return webhook.Verdict{}
	}
	// A lone surrogate is one thing to every reader of ECMAScript's JSON, which
	// is whose form is signed.
	if why := jsonvalue.Ambiguity(j.req.Body); why != "" && why != jsonvalue.LoneSurrogate {
		return webhook.Rejected(webhook.BodyAmbiguous, why)
	}
	return webhook.Verdict{}
}

func (j *judge) judgeCondition(c *webhook.Condition) webhook.Verdict {
	if c.Fault != "" {
		return refusedByRule(c.Fault)
	}
	if c.Optional && (c.Kind == webhook.Equals && c.Left.Found && !c.Right.Found || c.Kind != webhook.Equals && !c.Left.Found) {
		return webhook.Verdict{}
	}
	if !c.Left.Found || c.Kind == webhook.Equals && !c.Right.Found {
		return webhook.Rejected(webhook.FieldMissing, "a compared value is absent: "+c.Left.Origin.Name+" "+c.Right.Origin.Name)
	}
	holds := false
	switch c.Kind {
	case webhook.Equals:
		holds = c.Left.Text == c.Right.Text
	case webhook.InSet:
		holds = slices.Contains(c.Set, c.Left.Text)
	case webhook.DigestEquals:
		holds = j.digestEquals(c)
	case webhook.NotBefore, webhook.NotAfter:
		at, ok := parseUnit(c.Left.Text, c.Unit)
		holds = ok && (c.Kind == webhook.NotBefore && !at.After(j.now.Add(c.Leeway)) || c.Kind == webhook.NotAfter && !at.Before(j.now.Add(-c.Leeway)))
	}
	if holds {
		return webhook.Verdict{}
	}
	detail := fmt.Sprintf("%s is %q", c.Left.Origin.Name, clip(c.Left.Text))
	if other := c.Right.Origin.Name; c.Kind == webhook.Equals && other != "" {
		// Its value may be a secret.
		detail += ", and not what " + other + " says"
	}
	return webhook.Rejected(webhook.ConditionFailed, detail)
}

func (j *judge) digestEquals(c *webhook.Condition) bool {
	sum, ok := j.digest(c.Digest)
	if !ok {
		return false
	}
	_, sent, ok := appendDecoded(nil, c.Left.Text, c.Digest.Encoding)
	return ok && subtle.ConstantTimeCompare(sent, sum) == 1
}

// digest computes a plain digest over parts of the request. It reports false for
// one that a secret is part of, since a condition proves nothing by a secret, and
// for one of which a part is not there.
func (j *judge) digest(d *webhook.Digest) ([]byte, bool) {
	if d == nil || holds(d.Parts, webhook.SecretText) || emptyNested(d.Parts) {
		return nil, false
	}
	if _, missing := absent(d.Parts); missing {
		return nil, false
	}
	m, ok := plainDigest(d.Algorithm)
	if !ok {
		return nil, false
	}
	h := m.hash()
	if !j.write(h, nil, d.Parts) {
		return nil, false
	}
	return h.Sum(nil), true
}
