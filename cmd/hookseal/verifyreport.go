package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/webhook"
)

// verifyReport is a verdict as it is printed.
type verifyReport struct {
	Outcome       string         `json:"outcome"`
	Provider      string         `json:"provider"`
	Reason        webhook.Reason `json:"reason,omitempty"`
	Meaning       string         `json:"meaning,omitempty"`
	Detail        string         `json:"detail,omitempty"`
	Secret        string         `json:"secret,omitempty"`
	Candidate     string         `json:"candidate,omitempty"`
	Restringified bool           `json:"restringified,omitempty"`
	Canonical     bool           `json:"canonical,omitempty"`
	Covers        []string       `json:"covers"`
	Event         *eventIdentity `json:"event,omitempty"`
	Request       requestFacts   `json:"request"`
	Secrets       []secretFacts  `json:"secrets"`
	At            time.Time      `json:"at"`
}

type eventIdentity struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

// requestFacts is what may be shown of a request: no header that is a
// credential, and no body.
type requestFacts struct {
	Method     string   `json:"method"`
	URL        string   `json:"url"`
	BodyBytes  int      `json:"body_bytes"`
	BodySHA256 string   `json:"body_sha256"`
	Header     string   `json:"signature_header,omitempty"`
	Signatures []string `json:"signatures,omitempty"`
}

type secretFacts struct {
	Label string `json:"label"`
	Bytes int    `json:"bytes"`
}

func newVerifyReport(pack *catalog.Pack, req *webhook.Request, secrets []webhook.Secret, j catalog.Judgement, now time.Time) *verifyReport {
	sum := sha256.Sum256(req.Body)
	r := &verifyReport{
		Outcome: j.Outcome.String(), Provider: pack.Provider.ID, Reason: j.Reason, Meaning: meaning(j.Reason), Detail: j.Detail,
		Secret: j.Secret, Candidate: j.Candidate, Restringified: j.Restringified, Canonical: j.Canonical, Covers: j.Covers.Names(),
		Request: requestFacts{
			Method: req.Method, URL: req.URL(), BodyBytes: len(req.Body), BodySHA256: hex.EncodeToString(sum[:]),
			Header: pack.Scheme.SignatureHeader(),
		},
		Secrets: []secretFacts{}, At: now.UTC(),
	}
	if len(pack.Scheme.SecretHeaders()) == 0 {
		r.Request.Signatures = req.Header[r.Request.Header]
	}
	for _, secret := range secrets {
		r.Secrets = append(r.Secrets, secretFacts{secret.Label, len(secret.Reveal())})
	}
	if j.Accepted() {
		identity := pack.Identify(req, j, "")
		r.Event = &eventIdentity{identity.ID, identity.Type}
	}
	return r
}

func (r *verifyReport) print(w io.Writer) error {
	var f facts
	title := "accepted: " + r.Provider
	switch {
	case r.Outcome == webhook.Reject.String():
		title = fmt.Sprintf("rejected: %s", r.Reason)
		r.refusal(&f)
	case r.Event == nil:
		title = "challenge: " + r.Provider
	default:
		r.acceptance(&f)
	}
	if _, err := fmt.Fprintln(w, title); err != nil {
		return err
	}
	return f.print(w)
}

func (r *verifyReport) acceptance(f *facts) {
	f.add("secret", "%s", r.Secret)
	f.addText("candidate", r.Candidate)
	covers := strings.Join(r.Covers, ", ")
	if covers == "" {
		covers = "nothing"
	}
	f.add("covers", "%s", covers)
	f.addText("event id", r.Event.ID)
	f.addText("event type", r.Event.Type)
	if !strings.Contains(covers, "body") {
		f.add("note", "the body is not covered: a source takes it only with allow_uncovered_body = true")
	}
	switch {
	case r.Canonical:
		f.add("note", "the body matched as RFC 8785 writes it, not as it came")
	case r.Restringified:
		f.add("note", "the body matched as JSON.stringify writes it, not as it came")
	}
}

func (r *verifyReport) refusal(f *facts) {
	f.add("meaning", "%s", r.Meaning)
	f.addText("detail", r.Detail)
	f.add("provider", "%s", r.Provider)
	f.add("request", "%s %s", r.Request.Method, r.Request.URL)
	for _, text := range r.Request.Signatures {
		f.add("signature", "%s: %s", r.Request.Header, text)
	}
	f.add("body", "%d bytes, sha256 %s", r.Request.BodyBytes, r.Request.BodySHA256)
	for _, s := range r.Secrets {
		f.add("secret", "%s, %d bytes", s.Label, s.Bytes)
	}
	f.add("judged at", "%s", timeText(r.At))
}
