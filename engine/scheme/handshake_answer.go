package scheme

import (
	"errors"
	"fmt"
	"slices"

	"github.com/hookseal/hookseal/engine/webhook"
)

// answerPlan is a compiled [AnswerDef].
type answerPlan struct {
	of       composition
	encoding webhook.Encoding
	// digest is that of the verification token with the challenge; without one
	// the scheme's own signature is made.
	digest *method
	// limit bounds what the scheme's key is made to sign, as a whole.
	limit limit
}

func (s *Scheme) compileAnswer(h *handshake, d *AnswerDef, settings map[string]string) error {
	if d == nil {
		return nil
	}
	of, err := parseComposition("answer.of", d.Of, settings)
	if err != nil {
		return err
	}
	encodings, err := compileEncodings(List{d.Encoding})
	if err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	a := &answerPlan{of: of, encoding: encodings[0]}
	h.answer, h.needed = a, append(h.needed, of.references()...)
	switch {
	case len(of.references()) == 0:
		return errors.New("answer.of takes no value of the challenge")
	case of.has(answerPart):
		return errors.New("answer.of: an answer is not made of itself")
	case a.encoding == webhook.RawText:
		return errors.New("answer.encoding: an answer is written in hex or base64")
	case d.Digest != "":
		return a.byDigest(h, d)
	}
	return a.bySignature(s, h)
}

func (a *answerPlan) byDigest(h *handshake, d *AnswerDef) error {
	m, ok := plainDigest(webhook.Algorithm(d.Digest))
	switch {
	case !ok:
		return fmt.Errorf("answer.digest = %q is no plain digest", d.Digest)
	case !a.of.has(tokenPart):
		return errors.New("answer.of: no {token} takes part in the digest, so that it would prove nothing")
	case !h.unsigned:
		return errors.New("answer.digest goes with unsigned = true")
	}
	a.digest = &m
	return nil
}

// bySignature checks that the key cannot be made to sign an event by way of a
// challenge: what it signs is short, of a plain alphabet, and refused as the
// message of an event.
func (a *answerPlan) bySignature(s *Scheme, h *handshake) error {
	switch {
	case a.of.has(tokenPart):
		return errors.New("answer.of: {token} goes with a digest; a signature has its key")
	case s.method.kind != macMethod && s.method.kind != publicKeyMethod || s.signature.isToken() || s.foreach != "":
		return fmt.Errorf("algorithm %q signs nothing that a challenge could be answered with", s.algorithm)
	case h.limit.alphabet != tokenAlphabet && h.limit.alphabet != hexAlphabet:
		return fmt.Errorf("limit.alphabet = %q is too wide for what is signed with the key of the events: token or hex", h.limit.alphabet)
	}
	a.limit = h.limit
	a.limit.min, a.limit.max = 0, 0
	for _, p := range a.of {
		if p.kind == valuePart {
			a.limit.min += h.limit.min
			a.limit.max += h.limit.max
			continue
		}
		if !h.limit.only(p.literal) {
			return fmt.Errorf("answer.of: %q is not of the alphabet %s", p.literal, h.limit.alphabet)
		}
		a.limit.min += len(p.literal)
		a.limit.max += len(p.literal)
	}
	for i := range s.candidates {
		s.candidates[i].signable = s.candidates[i].signable || !s.candidates[i].parts.holdsOutside(&a.limit)
	}
	return nil
}

// holdsOutside reports whether every message of the template has a character
// that no challenge has.
func (t template) holdsOutside(l *limit) bool {
	return slices.ContainsFunc(t, func(seg segment) bool { return seg.kind == webhook.Literal && !l.only(seg.literal) })
}

// computeAnswer returns the answer as it is written, with the label of the secret
// that signed it.
func (j *judge) computeAnswer(s *Scheme, h *handshake, secrets, tokens []webhook.Secret) (text, label string, refusal webhook.Verdict) {
	a := h.answer
	if a.digest != nil {
		return j.digestAnswer(h, tokens)
	}
	message, refusal := j.compose(a.of, answers{limit: &h.limit})
	if refusal.Reason != "" {
		return "", "", refusal
	}
	fault := webhook.Rejected(webhook.NoSecret, "no secret can answer the challenge")
	for _, secret := range secrets {
		if !secret.Counts(j.now) {
			continue
		}
		k, ok := j.keys.find(s.method, s.key, secret)
		if !ok || !j.compute(k, []webhook.Part{{Kind: webhook.Literal, Text: message}}) {
			continue
		}
		sum, err := k.sign(j)
		if err == nil {
			return string(appendEncoded(nil, sum, a.encoding)), secret.Label, webhook.Verdict{}
		}
		fault.Detail = "cannot answer the challenge: the secret " + err.Error()
	}
	return "", "", fault
}

func (j *judge) digestAnswer(h *handshake, tokens []webhook.Secret) (text, label string, refusal webhook.Verdict) {
	i := slices.IndexFunc(tokens, func(t webhook.Secret) bool { return t.Counts(j.now) && len(t.Reveal()) > 0 })
	if i < 0 {
		return "", "", webhook.Rejected(webhook.NoSecret, noToken)
	}
	message, refusal := j.compose(h.answer.of, answers{limit: &h.limit, token: string(tokens[i].Reveal()), freeURL: true})
	if refusal.Reason != "" {
		return "", "", refusal
	}
	sum := h.answer.digest.hash()
	sum.Write([]byte(message))
	return string(appendEncoded(nil, sum.Sum(nil), h.answer.encoding)), "", webhook.Verdict{}
}

const noToken = "the source has no verification token"
