package scheme

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// Keys are what challenges are judged and answered with. The two lists are never
// tried for one another.
type Keys struct {
	// Secrets sign events.
	Secrets []webhook.Secret
	// Tokens are the verification tokens that the provider's handshakes state or
	// digest.
	Tokens []webhook.Secret
}

// Answer judges a request that is a challenge without a signature: it is
// answered, or rejected for its verification token or the form of what it asks to
// have given back. It returns false for every other request, for which [Verify]
// is.
//
// A challenge that hands out a secret has it in Reply.Keep: it is answered only
// once that is stored. One that hands out a secret while there is another is
// rejected.
func Answer(s *Scheme, req *webhook.Request, keys Keys, now time.Time) (webhook.Verdict, bool) {
	if req.Truncated {
		return webhook.Verdict{}, false
	}
	for i := range s.handshakes {
		h := &s.handshakes[i]
		if !h.unsigned || !slices.Contains(h.methods, req.Method) || carriesEvents(req.Method) && s.signatureOn(req) {
			continue
		}
		j := &judge{req: req, secrets: keys.Secrets, now: now, keyText: s.keyText, keyPlan: s.key, algorithm: s.algorithm}
		if is, refusal := j.isChallenge(h); is && refusal.Reason == "" && j.allThere(h.needed) {
			return j.answerUnsigned(s, h, keys), true
		}
	}
	return webhook.Verdict{}, false
}

// signatureOn reports whether the request claims to be signed, with its body.
func (s *Scheme) signatureOn(req *webhook.Request) bool {
	return s.CoversAlways().Has(webhook.CoversBody) && s.SignatureHeader() != "" && len(req.Header[s.SignatureHeader()]) > 0
}

// allThere reports whether each value is there, be it twice.
func (j *judge) allThere(refs []*reference) bool {
	return !slices.ContainsFunc(refs, func(ref *reference) bool {
		v, refusal := j.resolve(ref)
		return !v.Found && refusal.Reason != webhook.FieldAmbiguous
	})
}

func (j *judge) answerUnsigned(s *Scheme, h *handshake, keys Keys) webhook.Verdict {
	if h.token != nil {
		if refusal := j.judgeToken(h, keys.Tokens); refusal.Reason != "" {
			return refusal
		}
	}
	v := webhook.Verdict{Outcome: webhook.Challenged}
	var refusal webhook.Verdict
	if v.Reply, v.Secret, refusal = j.reply(s, h, keys); refusal.Reason != "" {
		return refusal
	}
	if h.keep != nil {
		if refusal := j.keep(h, v.Reply, keys.Secrets); refusal.Reason != "" {
			return refusal
		}
	}
	return v
}

// judgeToken compares the token with those of the source. One that is absent is
// equal to none, and least of all to one that is not set.
func (j *judge) judgeToken(h *handshake, tokens []webhook.Secret) webhook.Verdict {
	v, refusal := j.resolve(h.token)
	if refusal.Reason != "" {
		return refusal
	}
	if !v.Found || v.Text == "" {
		return webhook.Rejected(webhook.CredentialsMissing, "the verification token")
	}
	match, usable := 0, 0
	for _, t := range tokens {
		if !t.Counts(j.now) || len(t.Reveal()) == 0 {
			continue
		}
		usable++
		match |= digestsMatch([]byte(v.Text), t.Reveal())
	}
	switch {
	case usable == 0:
		return webhook.Rejected(webhook.NoSecret, noToken)
	case match != 1:
		return webhook.Rejected(webhook.CredentialsMismatch, "the verification token")
	}
	return webhook.Verdict{}
}

// keep puts the secret that is handed out into the reply. The one that is there
// already is never replaced; it may come again.
func (j *judge) keep(h *handshake, reply *webhook.Challenge, secrets []webhook.Secret) webhook.Verdict {
	v, refusal := j.resolve(h.keep)
	switch {
	case refusal.Reason != "":
		return refusal
	case !h.limit.allows(v.Text) || len(v.Text) < minKept:
		return webhook.Rejected(webhook.FieldMalformed, h.keep.source+" is no secret that can be kept")
	}
	if len(secrets) > 0 {
		for _, s := range secrets {
			if s.Counts(j.now) && digestsMatch([]byte(v.Text), s.Reveal()) == 1 {
				return webhook.Verdict{}
			}
		}
		return webhook.Rejected(webhook.ConditionFailed, "a secret is there already, and is not replaced by one that a request hands out")
	}
	secret, err := webhook.NewSecret("kept", []byte(v.Text))
	if err != nil {
		return webhook.Rejected(webhook.FieldMalformed, h.keep.source+" is no secret that can be kept")
	}
	reply.Keep = secret
	return webhook.Verdict{}
}

// isChallenge reports whether the request is one. The verdict has a reason where
// that cannot be said.
func (j *judge) isChallenge(h *handshake) (bool, webhook.Verdict) {
	if len(h.methods) > 0 && !slices.Contains(h.methods, j.req.Method) || !h.possible(j.req.Body) {
		return false, webhook.Verdict{}
	}
	if h.value != nil {
		v, refusal := j.resolve(h.value)
		if refusal.Reason == webhook.BodyAmbiguous {
			return false, refusal
		}
		if refusal.Reason != "" || !v.Found || !slices.Contains(h.set, v.Text) {
			return false, webhook.Verdict{}
		}
	}
	for _, ref := range h.present {
		v, refusal := j.resolve(ref)
		if refusal.Reason == webhook.BodyAmbiguous {
			return false, refusal
		}
		if refusal.Reason != "" || !v.Found {
			return false, webhook.Verdict{}
		}
	}
	for _, ref := range h.unless {
		v, refusal := j.resolve(ref)
		if refusal.Reason == webhook.BodyAmbiguous {
			return false, refusal
		}
		if refusal.Reason != "" || v.Found {
			return false, webhook.Verdict{}
		}
	}
	return true, webhook.Verdict{}
}

// reply composes the answer, with the label of the secret that it is computed
// with.
func (j *judge) reply(s *Scheme, h *handshake, keys Keys) (*webhook.Challenge, string, webhook.Verdict) {
	if h.readsJSON() {
		if refusal := j.judgeAmbiguity(webhook.Verdict{}, true); refusal.Reason != "" {
			return nil, "", refusal
		}
	}
	reply := h.reply
	reply.Body = slices.Clone(reply.Body)
	with := answers{limit: &h.limit}
	label := ""
	var refusal webhook.Verdict
	if h.answer != nil {
		if with.answer, label, refusal = j.computeAnswer(s, h, keys.Secrets, keys.Tokens); refusal.Reason != "" {
			return nil, "", refusal
		}
	}
	if h.confirm != nil {
		if reply.Confirm, refusal = j.confirmation(h.confirm); refusal.Reason != "" {
			return nil, "", refusal
		}
	}
	if refusal = j.fill(h, &reply, with); refusal.Reason != "" {
		return nil, "", refusal
	}
	return &reply, label, webhook.Verdict{}
}

// fill puts the values of the request into the reply. An object is encoded, never
// put together as text.
func (j *judge) fill(h *handshake, reply *webhook.Challenge, with answers) webhook.Verdict {
	if h.echo != nil {
		text, refusal := j.compose(h.echo, with)
		if refusal.Reason != "" {
			return refusal
		}
		reply.Body = []byte(text)
	}
	if h.json != nil {
		object, refusal := j.composeAll(h.json, with)
		if refusal.Reason != "" {
			return refusal
		}
		body, err := json.Marshal(object)
		if err != nil {
			return webhook.Rejected(webhook.FieldMalformed, "the answer cannot be encoded")
		}
		reply.Body = body
	}
	headers, refusal := j.composeAll(h.header, with)
	if refusal.Reason != "" {
		return refusal
	}
	for name, text := range headers {
		if reply.Header == nil {
			reply.Header = http.Header{}
		}
		reply.Header.Set(name, text)
	}
	return webhook.Verdict{}
}

func (j *judge) composeAll(all map[string]composition, with answers) (map[string]string, webhook.Verdict) {
	out := make(map[string]string, len(all))
	for name, c := range all {
		text, refusal := j.compose(c, with)
		if refusal.Reason != "" {
			return nil, refusal
		}
		out[name] = text
	}
	return out, webhook.Verdict{}
}

func (h *handshake) readsJSON() bool {
	refs := slices.Concat(h.present, h.unless, h.needed)
	for _, ref := range []*reference{h.value, h.token, h.keep} {
		if ref != nil {
			refs = append(refs, ref)
		}
	}
	if h.confirm != nil {
		refs = append(refs, h.confirm.url)
	}
	return slices.ContainsFunc(refs, (*reference).readsJSON)
}

// tracesOf returns what a body shows in which a JSON value is one of set: the text
// itself, or an escape \u. Nearly every event shows neither, and need not be read
// for the challenge that it is not. Only letters and digits can be written in no
// third way.
func tracesOf(value *reference, set []string) [][]byte {
	if value == nil || !value.readsJSON() || len(value.origins) > 1 || len(value.pipes) > 0 {
		return nil
	}
	traces := [][]byte{[]byte(`\u`)}
	for _, text := range set {
		if text == "" || !(&limit{holds: inToken}).only(text) {
			return nil
		}
		traces = append(traces, []byte(text))
	}
	return traces
}

func (h *handshake) possible(body []byte) bool {
	if len(body) > maxChallenge {
		return false
	}
	return h.traces == nil || slices.ContainsFunc(h.traces, func(trace []byte) bool { return bytes.Contains(body, trace) })
}
