package scheme

import (
	"mime"

	"github.com/hookseal/hookseal/engine/webhook"
)

// answer turns an accepted request that is a challenge into its answer, and
// refuses one that the key may have been made to sign as the answer to a
// challenge.
func (j *judge) answer(s *Scheme, v webhook.Verdict) webhook.Verdict {
	if s.mayBeAnAnswer(j, v.Candidate) {
		return webhook.Rejected(webhook.ConditionFailed, "what is signed has the form of a challenge, which anybody can have signed")
	}
	h, refusal := j.challenge(s)
	switch {
	case refusal.Reason != "":
		return refusal
	case h == nil:
		return v
	}
	reply, _, refusal := j.reply(s, h, Keys{Secrets: j.labelled(v.Secret)})
	if refusal.Reason != "" {
		return refusal
	}
	v.Outcome, v.Reply = webhook.Challenged, reply
	return v
}

// labelled returns the secrets of the label that signed the challenge: it is
// answered with the same.
func (j *judge) labelled(label string) []webhook.Secret {
	for i := range j.secrets {
		if j.secrets[i].Label == label {
			return j.secrets[i : i+1]
		}
	}
	return nil
}

// challenge returns the signed handshake that the request is, nil for none. The
// verdict has a reason where that cannot be said.
func (j *judge) challenge(s *Scheme) (*handshake, webhook.Verdict) {
	for i := range s.handshakes {
		h := &s.handshakes[i]
		if h.unsigned {
			continue
		}
		if is, refusal := j.isChallenge(h); is || refusal.Reason != "" {
			return h, refusal
		}
	}
	return nil, webhook.Verdict{}
}

// claimChallenge returns the answer to a signed challenge as part of a claim,
// which holds no secret.
func (j *judge) claimChallenge(s *Scheme) (*webhook.Challenge, webhook.Verdict) {
	h, refusal := j.challenge(s)
	switch {
	case refusal.Reason != "" || h == nil:
		return nil, refusal
	case h.answer != nil:
		return nil, webhook.Rejected(webhook.NoSecret, "the answer to the challenge is computed with a secret, and a claim has none")
	}
	reply, _, refusal := j.reply(s, h, Keys{})
	return reply, refusal
}

// inert reports whether a browser runs nothing of a body of the type.
func inert(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return contentType == "" || err == nil && (media == "text/plain" || media == "application/json")
}

// mayBeAnAnswer reports whether the message of a form that matched could be one
// that a challenge had signed.
func (s *Scheme) mayBeAnAnswer(j *judge, form string) bool {
	for i := range s.candidates {
		c := &s.candidates[i]
		if !c.signable || c.name != form {
			continue
		}
		parts, refusal := j.appendParts(nil, c.parts)
		if refusal.Reason != "" {
			continue
		}
		for k := range s.handshakes {
			if a := s.handshakes[k].answer; a != nil && a.digest == nil && a.limit.mayBe(parts, j.req.Body) {
				return true
			}
		}
	}
	return false
}

// mayBe reports whether a message could be within the limit. What is not known
// before it is computed, such as a digest, could be.
func (l *limit) mayBe(parts []webhook.Part, body []byte) bool {
	known, exact := 0, true
	for i := range parts {
		text := ""
		switch p := &parts[i]; p.Kind {
		case webhook.Literal:
			text = p.Text
		case webhook.FromValue:
			text = p.Value.Text
		case webhook.RawBody:
			n, only := l.scan(body, false)
			if known += n; !only || known > l.max {
				return false
			}
		case webhook.ECMAScriptBody:
			// White space between values is not written again.
			n, only := l.scan(body, true)
			if known += n; !only || known > l.max {
				return false
			}
			exact = false
		default:
			exact = false
		}
		if known += len(text); known > l.max || !l.only(text) {
			return false
		}
	}
	return !exact || known >= l.min
}

// scan counts the bytes of the body until one is not of the alphabet or there are
// too many.
func (l *limit) scan(body []byte, passSpace bool) (n int, only bool) {
	for _, c := range body {
		switch {
		case passSpace && (c == ' ' || c == '\t' || c == '\r' || c == '\n'):
			continue
		case !l.holds(c):
			return n, false
		}
		if n++; n > l.max {
			return n, true
		}
	}
	return n, true
}
