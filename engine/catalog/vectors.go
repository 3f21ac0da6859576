package catalog

import (
	"bytes"
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
// spelling of the sender. The body is text, or base64 where it is not. Without
// scheme and host it is https://hookseal.example that was called.
type VectorRequest struct {
	Method     string      `json:"method"`
	Scheme     string      `json:"scheme,omitempty"`
	Host       string      `json:"host,omitempty"`
	Target     string      `json:"target"`
	Headers    [][2]string `json:"headers"`
	Body       string      `json:"body,omitempty"`
	BodyBase64 string      `json:"body_base64,omitempty"`
}

// Expectation is the verdict that a vector expects: a reason where it is
// refused, a reply where it is a challenge, the other fields where it is accepted.
// Of these a challenge has covers, candidate and secret too.
type Expectation struct {
	Outcome   string         `json:"outcome"`
	Reason    webhook.Reason `json:"reason,omitempty"`
	Type      string         `json:"type,omitempty"`
	ID        string         `json:"id,omitempty"`
	Candidate string         `json:"candidate,omitempty"`
	Covers    []string       `json:"covers,omitempty"`
	// Secret is the index of the one that matches.
	Secret *int `json:"secret,omitempty"`
	// Reply is the answer to a challenge.
	Reply *ExpectedReply `json:"reply,omitempty"`
}

// ExpectedReply is the answer that a challenge must be given.
type ExpectedReply struct {
	Status int    `json:"status"`
	Type   string `json:"type,omitempty"`
	Body   string `json:"body,omitempty"`
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
	accept, challenge := e.Outcome == webhook.Accept.String(), e.Outcome == webhook.Challenged.String()
	note(v.Name != file, "name is %q, want that of its file", v.Name)
	note(!accept && !challenge && e.Outcome != webhook.Reject.String(), "expect.outcome is %q, want accept, challenge or reject", e.Outcome)
	note(v.At.IsZero(), "at is missing")
	note(v.Request.Body != "" && v.Request.BodyBase64 != "", "body and body_base64 are both given")
	if _, err := base64.StdEncoding.Strict().DecodeString(v.Request.BodyBase64); err != nil {
		faults = append(faults, fmt.Errorf("body_base64: %w", err))
	}
	note(challenge != (e.Reply != nil), "expect.reply goes with the outcome challenge")
	if accept || challenge {
		note(e.Reason != "", "a vector that holds has no reason")
		note(e.Secret == nil || *e.Secret < 0 || *e.Secret >= len(v.Secrets),
			"expect.secret must be the index of one of %d secrets", len(v.Secrets))
		note(challenge && e.Type+e.ID != "", "a challenge is no event: it has neither type nor id")
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
