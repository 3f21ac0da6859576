package catalog

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Vector is one scenario that proves a pack: a request, the secrets of its
// source, and the verdict that must come out.
type Vector struct {
	// Name is the name of its file without the ending.
	Name string `json:"name"`
	// About says what the vector shows, Source where its signature comes from.
	About   string        `json:"about"`
	Source  string        `json:"source"`
	Request VectorRequest `json:"request"`
	// Secrets are those of the source, in their order.
	Secrets []string `json:"secrets"`
	// Settings are the pack's; without them all have their defaults.
	Settings map[string]string `json:"settings,omitempty"`
	// At is the time to judge by.
	At     time.Time   `json:"at"`
	Expect Expectation `json:"expect"`
}

// VectorRequest is the request of a vector, its headers in the order and the
// spelling of the sender. The body is text, or base64 where it is not.
type VectorRequest struct {
	Method     string      `json:"method"`
	Target     string      `json:"target"`
	Headers    [][2]string `json:"headers"`
	Body       string      `json:"body,omitempty"`
	BodyBase64 string      `json:"body_base64,omitempty"`
}

// Expectation is the verdict that a vector expects: a reason where it is
// refused, the other fields where it is accepted.
type Expectation struct {
	Outcome   string         `json:"outcome"`
	Reason    webhook.Reason `json:"reason,omitempty"`
	Type      string         `json:"type,omitempty"`
	ID        string         `json:"id,omitempty"`
	Candidate string         `json:"candidate,omitempty"`
	Covers    []string       `json:"covers,omitempty"`
	// Secret is the index of the one that matches.
	Secret *int `json:"secret,omitempty"`
}

// Vectors reads the vectors of the pack, in the order of their names. The error
// joins those of all files that are no vectors.
func (p *Pack) Vectors() ([]Vector, error) {
	files, err := fs.Glob(p.fsys, "vectors/*.json")
	if err != nil {
		return nil, err
	}
	var vectors []Vector
	var faults []error
	for _, file := range files {
		v, err := readVector(p.fsys, file)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", path.Join(p.where, file), err))
			continue
		}
		vectors = append(vectors, v)
	}
	return vectors, errors.Join(faults...)
}

func readVector(fsys fs.FS, file string) (Vector, error) {
	var v Vector
	data, err := fs.ReadFile(fsys, file)
	if err != nil {
		return v, err
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&v); err != nil {
		return v, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return v, errors.New("more than one JSON value")
	}
	return v, v.check(strings.TrimSuffix(path.Base(file), ".json"))
}

// check refuses a vector that would prove something else than it seems to.
func (v *Vector) check(file string) error {
	var faults []error
	note := func(wrong bool, format string, args ...any) {
		if wrong {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	e := &v.Expect
	accept := e.Outcome == webhook.Accept.String()
	note(v.Name != file, "name is %q, want that of its file", v.Name)
	note(!accept && e.Outcome != webhook.Reject.String(), "expect.outcome is %q, want accept or reject", e.Outcome)
	note(v.At.IsZero(), "at is missing")
	note(v.Request.Body != "" && v.Request.BodyBase64 != "", "body and body_base64 are both given")
	if _, err := base64.StdEncoding.Strict().DecodeString(v.Request.BodyBase64); err != nil {
		faults = append(faults, fmt.Errorf("body_base64: %w", err))
	}
	if accept {
		note(e.Reason != "", "an accepted vector has no reason")
		note(e.Secret == nil || *e.Secret < 0 || *e.Secret >= len(v.Secrets),
			"expect.secret must be the index of one of %d secrets", len(v.Secrets))
	} else {
		note(!slices.Contains(webhook.Reasons(), e.Reason), "expect.reason %q is not in the list of reasons", e.Reason)
		note(e.Type+e.ID+e.Candidate != "" || e.Secret != nil || e.Covers != nil, "a refused vector expects a reason alone")
	}
	return errors.Join(faults...)
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
	for _, field := range v.Request.Headers {
		req.Header.Add(field[0], field[1])
	}
	return req
}

// Run judges the vector by a pack, which was opened with the vector's settings.
// The error says, one line for each, what came out differently.
func (v *Vector) Run(ctx context.Context, p *Pack) error {
	var secrets []webhook.Secret
	for i, text := range v.Secrets {
		secret, err := webhook.NewSecret(vectorLabel(i), []byte(text))
		if err != nil {
			return err
		}
		secrets = append(secrets, secret)
	}
	req := v.HTTP()
	j, err := p.Judge(ctx, req, secrets, v.At)
	if err != nil {
		return fmt.Errorf("nothing was decided: %w", err)
	}
	if got := j.Outcome.String(); got != v.Expect.Outcome {
		return fmt.Errorf("outcome = %s (%s), want %s", got, reasonText(j.Verdict), v.Expect.Outcome+expectedReason(v.Expect))
	}
	if !j.Accepted() {
		if j.Reason != v.Expect.Reason {
			return fmt.Errorf("reason = %s, want %s", reasonText(j.Verdict), v.Expect.Reason)
		}
		return nil
	}
	return v.compareAccepted(j.Verdict, p.Identify(req, j, ""))
}

func (v *Vector) compareAccepted(got webhook.Verdict, identity scheme.Identity) error {
	var faults []error
	compare := func(what, got, want string) {
		if got != want {
			faults = append(faults, fmt.Errorf("%s = %q, want %q", what, got, want))
		}
	}
	compare("type", identity.Type, v.Expect.Type)
	compare("id", identity.ID, v.Expect.ID)
	compare("candidate", got.Candidate, v.Expect.Candidate)
	compare("covers", strings.Join(got.Covers.Names(), ","), strings.Join(v.Expect.Covers, ","))
	compare("secret", got.Secret, vectorLabel(*v.Expect.Secret))
	return errors.Join(faults...)
}

func vectorLabel(i int) string { return fmt.Sprintf("secrets[%d]", i) }

func reasonText(v webhook.Verdict) string {
	switch {
	case v.Accepted():
		return fmt.Sprintf("candidate %q, secret %q", v.Candidate, v.Secret)
	case v.Detail == "":
		return string(v.Reason)
	}
	return fmt.Sprintf("%s: %s", v.Reason, v.Detail)
}

func expectedReason(e Expectation) string {
	if e.Reason == "" {
		return ""
	}
	return " with " + string(e.Reason)
}
