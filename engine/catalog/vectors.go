package catalog

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/hookseal/hookseal/engine/tomlfile"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Vector is one scenario that proves a pack: a request, the secrets of its
// source, and the verdict that must come out.
type Vector struct {
	// Name is unique in the pack.
	Name string `json:"name"`
	// About says what the vector shows, Source where its signature comes from.
	About  string `json:"about"`
	Source string `json:"source"`
	// Request is what is judged.
	Request VectorRequest `json:"request"`
	// Secrets are those of the source, in their order.
	Secrets []string `json:"secrets"`
	// Tokens are the verification tokens of the source.
	Tokens []string `json:"tokens,omitempty"`
	// Settings are the pack's; without them all have their defaults.
	Settings map[string]string `json:"settings,omitempty"`
	// At is the time to judge by.
	At time.Time `json:"at"`
	// Expect is the verdict that must come out.
	Expect Expectation `json:"expect"`

	// line is where the vector begins in its file.
	line int
}

// VectorRequest is the request of a vector.
type VectorRequest struct {
	// Method is POST and the like, in capitals.
	Method string `json:"method"`
	// Scheme and Host are those of the URL that was called; where they are empty
	// it is https://hookseal.example.
	Scheme string `json:"scheme,omitempty"`
	Host   string `json:"host,omitempty"`
	// Target is the request-target byte for byte, as in "/hooks?a=%20z".
	Target string `json:"target"`
	// Headers are pairs of name and value, in the order and the spelling of the
	// sender.
	Headers [][2]string `json:"headers"`
	// Body is text; one that is not text stands in BodyBase64, in the standard
	// alphabet with padding. At most one of them is given.
	Body       string `json:"body,omitempty"`
	BodyBase64 string `json:"body_base64,omitempty"`
}

// Expectation is the verdict that a vector expects: a reason where it is
// refused, a reply where it is a challenge, the other fields where it is accepted.
// Of these a challenge has covers, candidate and secret too.
type Expectation struct {
	// Outcome is "accept", "reject" or "challenge".
	Outcome string `json:"outcome"`
	// Reason is why the request is refused.
	Reason webhook.Reason `json:"reason,omitempty"`
	// Type and ID are the event's; an empty one is that of an event without.
	Type string `json:"type,omitempty"`
	ID   string `json:"id,omitempty"`
	// Candidate is the form of the message that matches, empty where the scheme
	// has one alone.
	Candidate string `json:"candidate,omitempty"`
	// Covers lists what the signature covers: body, id, type, time.
	Covers []string `json:"covers,omitempty"`
	// Secret is the index of the one that matches.
	Secret *int `json:"secret,omitempty"`
	// Reply is the answer to a challenge.
	Reply *ExpectedReply `json:"reply,omitempty"`
}

// ExpectedReply is the answer that a challenge must be given.
type ExpectedReply struct {
	// Status is that of the answer.
	Status int `json:"status"`
	// Type is the media type of Body, the text of the answer; both are empty for
	// an answer without.
	Type string `json:"type,omitempty"`
	Body string `json:"body,omitempty"`
	// Headers are the further headers of the answer.
	Headers map[string]string `json:"headers,omitempty"`
	// Keep is the secret that is handed out and to be stored, Confirm the URL
	// that is to be visited; an empty one is none.
	Keep    string `json:"keep,omitempty"`
	Confirm string `json:"confirm,omitempty"`
}

// check refuses a vector that would prove something else than it seems to.
func (v *Vector) check(text *vectorSource) error {
	var faults []error
	note := func(wrong bool, key, format string, args ...any) {
		if wrong {
			faults = append(faults, text.fault(key, format, args...))
		}
	}
	e := &v.Expect
	accept, challenge := e.Outcome == webhook.Accept.String(), e.Outcome == webhook.Challenged.String()
	note(v.Name == "", "name", "is missing: what tells the vector from the others")
	note(!accept && !challenge && e.Outcome != webhook.Reject.String(), "expect.outcome", "is %q, want accept, challenge or reject", e.Outcome)
	note(v.At.IsZero(), "at", "is missing: the time to judge by, such as 2026-01-02T03:04:05Z")
	note(v.Request.Body != "" && v.Request.BodyBase64 != "", "request.body_base64", "is given beside body, want one of them")
	_, err := base64.StdEncoding.Strict().DecodeString(v.Request.BodyBase64)
	note(err != nil, "request.body_base64", "is no base64 in the standard alphabet with padding")
	note(challenge != (e.Reply != nil), "expect.reply", "goes with the outcome challenge, and with no other")
	if accept || challenge {
		note(e.Reason != "", "expect.reason", "is given for a vector that holds, want none")
		// A challenge without a signature may be answered without a secret.
		note(e.Secret == nil && accept || e.Secret != nil && (*e.Secret < 0 || *e.Secret >= len(v.Secrets)),
			"expect.secret", "must be the index of one of %d secrets, from 0", len(v.Secrets))
		note(challenge && e.Type+e.ID != "", "expect", "has a type or an id, and a challenge is no event")
	} else {
		known := webhook.Reasons()
		hint := ""
		if meant, ok := tomlfile.Closest(string(e.Reason), texts(known)); ok {
			hint = fmt.Sprintf("; did you mean %q?", meant)
		}
		note(!slices.Contains(known, e.Reason), "expect.reason", "is %q, which is no reason of the list%s", e.Reason, hint)
		note(e.Type+e.ID+e.Candidate != "" || e.Secret != nil || e.Covers != nil, "expect", "has more than the outcome and a reason, which is all that a refused vector has")
	}
	for _, part := range e.Covers {
		known := webhook.Coverage(0xff).Names()
		note(!slices.Contains(known, part), "expect.covers", "has %q, want of %v", part, known)
	}
	return errors.Join(faults...)
}

func texts(reasons []webhook.Reason) []string {
	var list []string
	for _, r := range reasons {
		list = append(list, string(r))
	}
	return list
}

// HTTP returns the request of the vector as the checks see it.
func (v *Vector) HTTP() *webhook.Request {
	body := []byte(v.Request.Body)
	if v.Request.BodyBase64 != "" {
		// Vectors has checked the text.
		body, _ = base64.StdEncoding.DecodeString(v.Request.BodyBase64)
	}
	req := &webhook.Request{
		Method: v.Request.Method, Target: v.Request.Target, Scheme: "https", Host: "hookseal.example",
		Header: http.Header{}, Body: body, Received: v.At,
	}
	if v.Request.Scheme != "" {
		req.Scheme = v.Request.Scheme
	}
	if v.Request.Host != "" {
		req.Host = v.Request.Host
	}
	for _, field := range v.Request.Headers {
		req.Header.Add(field[0], field[1])
	}
	return req
}
