package scheme

import (
	"fmt"

	"github.com/hookseal/hookseal/engine/webhook"
)

// requirement is a compiled [RequireDef].
type requirement struct {
	left, right *reference
	set         []string
	digest      *digestPlan
	optional    bool
}

// digestPlan is a digest that a value of the request states, or that stands
// within a message.
type digestPlan struct {
	algorithm webhook.Algorithm
	// encoding is how it is written; within a message none writes the bytes.
	encoding webhook.Encoding
	of       template
}

func (s *Scheme) compileRequire(defs []RequireDef, l language) error {
	for i, d := range defs {
		r, err := compileRequirement(fmt.Sprintf("require %d", i+1), d, l)
		if err != nil {
			return err
		}
		s.require = append(s.require, r)
	}
	return nil
}

func compileRequirement(what string, d RequireDef, l language) (requirement, error) {
	r := requirement{optional: d.Optional}
	for _, text := range d.In {
		text, err := fillSettings(text, l.settings)
		if err != nil {
			return r, fmt.Errorf("%s: %w", what, err)
		}
		r.set = append(r.set, text)
	}
	texts := d.Equals
	if d.Value != "" {
		texts = []string{d.Value}
	}
	forms := 0
	for _, given := range []bool{len(d.Equals) == 2 && d.Value == "", d.Value != "" && len(d.In) > 0, d.Value != "" && d.Digest != ""} {
		if given {
			forms++
		}
	}
	if forms != 1 {
		return r, fmt.Errorf("%s needs either equals with two values, or value and in, or value and digest", what)
	}
	refs := make([]*reference, 0, 2)
	for _, text := range texts {
		ref, err := l.single(what, text)
		if err != nil {
			return r, err
		}
		refs = append(refs, ref)
	}
	r.left = refs[0]
	if len(refs) == 2 {
		r.right = refs[1]
	}
	var err error
	r.digest, err = compileDigest(what, d, l)
	return r, err
}

func compileDigest(what string, d RequireDef, l language) (*digestPlan, error) {
	if d.Digest == "" {
		if d.Of != "" || d.Encoding != "" {
			return nil, fmt.Errorf("%s: of and encoding go with digest", what)
		}
		return nil, nil
	}
	plan := &digestPlan{algorithm: webhook.Algorithm(d.Digest)}
	if _, ok := plainDigest(plan.algorithm); !ok {
		return nil, fmt.Errorf("%s: digest = %q is no plain digest: md5, sha1, sha256, sha384 or sha512", what, d.Digest)
	}
	encodings, err := compileEncodings(List{d.Encoding})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	plan.encoding = encodings[0]
	if plan.of, err = l.parse(d.Of); err != nil {
		return nil, err
	}
	if len(plan.of) == 0 || plan.of.has(webhook.SecretText) {
		return nil, fmt.Errorf("%s: of = %q must say what the digest is made of, which is never the secret", what, d.Of)
	}
	return plan, nil
}

// condition reads the values of a requirement.
func (j *judge) condition(r requirement) (webhook.Condition, webhook.Verdict) {
	c := webhook.Condition{Kind: webhook.Equals, Set: r.set, Optional: r.optional}
	var refusal webhook.Verdict
	if c.Left, refusal = j.resolve(r.left); refusal.Reason != "" {
		return c, refusal
	}
	switch {
	case r.digest != nil:
		c.Kind = webhook.DigestEquals
		c.Digest = &webhook.Digest{Algorithm: r.digest.algorithm, Encoding: r.digest.encoding}
		c.Digest.Parts, refusal = j.appendParts(nil, r.digest.of)
	case r.right == nil:
		c.Kind = webhook.InSet
	default:
		c.Right, refusal = j.resolve(r.right)
	}
	return c, refusal
}

func (r *requirement) readsJSON() bool {
	if r.digest != nil && r.digest.of.readsJSON() {
		return true
	}
	return r.left.readsJSON() || r.right != nil && r.right.readsJSON()
}
