package scheme

import (
	"bytes"
	"slices"

	"github.com/hookseal/hookseal/engine/webhook"
)

// answer turns an accepted request that is a challenge into its answer.
func (j *judge) answer(s *Scheme, v webhook.Verdict) webhook.Verdict {
	reply, refusal := j.challenge(s)
	if refusal.Reason != "" {
		return refusal
	}
	if reply != nil {
		v.Outcome, v.Reply = webhook.Challenged, reply
	}
	return v
}

// challenge returns the answer to a request that is a challenge, nil for one that
// is none. The verdict has a reason for a challenge that cannot be answered.
func (j *judge) challenge(s *Scheme) (*webhook.Challenge, webhook.Verdict) {
	for i := range s.handshakes {
		h := &s.handshakes[i]
		is, refusal := j.isChallenge(h)
		if refusal.Reason != "" {
			return nil, refusal
		}
		if is {
			return j.reply(h)
		}
	}
	return nil, webhook.Verdict{}
}

func (j *judge) isChallenge(h *handshake) (bool, webhook.Verdict) {
	if !h.possible(j.req.Body) {
		return false, webhook.Verdict{}
	}
	v, refusal := j.resolve(h.value)
	switch {
	case refusal.Reason == webhook.BodyAmbiguous:
		return false, refusal
	case refusal.Reason != "" || !v.Found || !slices.Contains(h.set, v.Text):
		return false, webhook.Verdict{}
	case h.unless == nil:
		return true, webhook.Verdict{}
	}
	other, refusal := j.resolve(h.unless)
	if refusal.Reason == webhook.BodyAmbiguous {
		return false, refusal
	}
	return refusal.Reason == "" && !other.Found, webhook.Verdict{}
}

func (j *judge) reply(h *handshake) (*webhook.Challenge, webhook.Verdict) {
	if h.value.readsJSON() {
		if refusal := j.judgeAmbiguity(webhook.Verdict{}, true); refusal.Reason != "" {
			return nil, refusal
		}
	}
	reply := h.reply
	reply.Body = slices.Clone(reply.Body)
	if h.echo == nil {
		return &reply, webhook.Verdict{}
	}
	v, refusal := j.resolve(h.echo)
	switch {
	case refusal.Reason != "":
		return nil, refusal
	case !v.Found:
		return nil, webhook.Rejected(webhook.FieldMissing, h.echo.source+" is absent")
	case !echoable(v.Text):
		return nil, webhook.Rejected(webhook.FieldMalformed, h.echo.source+" is no challenge that can be given back")
	}
	reply.Body = []byte(v.Text)
	return &reply, webhook.Verdict{}
}

// echoable reports whether text is 1 to maxEcho letters, digits and -._~ alone.
func echoable(text string) bool {
	for _, c := range []byte(text) {
		if !('0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '-' || c == '.' || c == '_' || c == '~') {
			return false
		}
	}
	return text != "" && len(text) <= maxEcho
}

// tracesOf returns what a body shows in which a JSON value is one of set: the text
// itself, or an escape \u. Nearly every event shows neither, and need not be read
// for the challenge that it is not. Only letters and digits can be written in no
// third way.
func tracesOf(value *reference, set []string) [][]byte {
	if !value.readsJSON() || value.either != nil || len(value.pipes) > 0 {
		return nil
	}
	traces := [][]byte{[]byte(`\u`)}
	for _, text := range set {
		if !echoable(text) {
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
