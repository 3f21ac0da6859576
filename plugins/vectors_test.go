// Package plugins_test keeps the test vectors of the providers honest: they are
// what the generator writes, a second implementation agrees with them, and each
// provider proves what it must refuse.
package plugins_test

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// root is the repository.
const root = ".."

// generator is where the vectors are made.
const generator = root + "/testdata/vectors"

// vector is the file format; README.md describes it.
type vector struct {
	Name     string            `json:"name"`
	About    string            `json:"about"`
	Source   string            `json:"source"`
	Request  request           `json:"request"`
	Secrets  []string          `json:"secrets"`
	Tokens   []string          `json:"tokens"`
	Settings map[string]string `json:"settings"`
	At       time.Time         `json:"at"`
	Expect   struct {
		Outcome   string   `json:"outcome"`
		Reason    string   `json:"reason"`
		Type      string   `json:"type"`
		ID        string   `json:"id"`
		Candidate string   `json:"candidate"`
		Covers    []string `json:"covers"`
		Secret    int      `json:"secret"`
		Reply     *struct {
			Status  int               `json:"status"`
			Type    string            `json:"type"`
			Body    string            `json:"body"`
			Headers map[string]string `json:"headers"`
			Keep    string            `json:"keep"`
			Confirm string            `json:"confirm"`
		} `json:"reply"`
	} `json:"expect"`
}

type request struct {
	Method     string      `json:"method"`
	Scheme     string      `json:"scheme"`
	Host       string      `json:"host"`
	Target     string      `json:"target"`
	Headers    [][2]string `json:"headers"`
	Body       *string     `json:"body"`
	BodyBase64 []byte      `json:"body_base64"`
}

func (r request) bytes() []byte {
	if r.Body != nil {
		return []byte(*r.Body)
	}
	return r.BodyBase64
}

// header returns the first field of that name.
func (r request) header(name string) string {
	for _, field := range r.Headers {
		if strings.EqualFold(field[0], name) {
			return field[1]
		}
	}
	return ""
}

// load reads the vectors of a provider.
func load(t *testing.T, provider string) []vector {
	t.Helper()
	var vectors []vector
	decoder := json.NewDecoder(bytes.NewReader(read(t, root, "plugins/"+provider+"/vectors.json")))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&vectors); err != nil {
		t.Fatalf("%s: %v", provider, err)
	}
	return vectors
}

// named returns one vector of a provider.
func named(t *testing.T, provider, name string) vector {
	t.Helper()
	vectors := load(t, provider)
	i := slices.IndexFunc(vectors, func(v vector) bool { return v.Name == name })
	if i < 0 {
		t.Fatalf("%s has no vector %s", provider, name)
	}
	return vectors[i]
}

// providers lists the folders that are packs.
func providers(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, file := range list(t, root, "plugins/*/provider.toml") {
		names = append(names, filepath.Base(filepath.Dir(file)))
	}
	return names
}

// TestForm checks what the format demands of every vector of every provider.
func TestForm(t *testing.T) {
	for _, provider := range providers(t) {
		t.Run(provider, func(t *testing.T) {
			for _, v := range load(t, provider) {
				checkForm(t, v.Name, v)
			}
		})
	}
}

func checkForm(t *testing.T, name string, v vector) {
	t.Helper()
	if v.About == "" || v.Source == "" || v.At.IsZero() {
		t.Errorf("%s: about, source and at must be given", name)
	}
	if (v.Request.Body == nil) == (v.Request.BodyBase64 == nil) {
		t.Errorf("%s: one of body and body_base64 must be given", name)
	}
	for _, field := range v.Request.Headers {
		if strings.TrimSpace(field[1]) != field[1] {
			t.Errorf("%s: header %s begins or ends with white space, which HTTP takes off", name, field[0])
		}
	}
	for i, secret := range v.Secrets {
		if _, err := webhook.NewSecret("vector", []byte(secret)); err != nil {
			t.Errorf("%s: secret %d: %v", name, i, err)
		}
	}
	checkExpectation(t, name, v)
}

func checkExpectation(t *testing.T, name string, v vector) {
	t.Helper()
	e := v.Expect
	switch e.Outcome {
	case "accept", "challenge":
		// A challenge without a signature covers nothing and may need no secret.
		unsigned := e.Outcome == "challenge" && len(e.Covers) == 0 && e.Secret == 0
		if e.Reason != "" || !unsigned && (e.Covers == nil || e.Secret < 0 || e.Secret >= len(v.Secrets)) {
			t.Errorf("%s: a vector that holds has covers and the index of a secret, and no reason", name)
		}
		if (e.Reply != nil) != (e.Outcome == "challenge") {
			t.Errorf("%s: a challenge has a reply, and nothing else has one", name)
		}
		for _, part := range e.Covers {
			if !slices.Contains(webhook.Coverage(0xff).Names(), part) {
				t.Errorf("%s: covers has %q, which is no part", name, part)
			}
		}
	case "reject":
		if !slices.Contains(webhook.Reasons(), webhook.Reason(e.Reason)) {
			t.Errorf("%s: reason = %q, which is none", name, e.Reason)
		}
		if e.Type != "" || e.ID != "" || e.Candidate != "" || e.Covers != nil {
			t.Errorf("%s: a refused vector expects a reason and nothing else", name)
		}
	default:
		t.Errorf("%s: outcome = %q, want accept, challenge or reject", name, e.Outcome)
	}
	if !strings.HasPrefix(v.Name, e.Outcome+"-") {
		t.Errorf("%s: name does not begin with the outcome %s", name, e.Outcome)
	}
}

func stringifiedTexts(t *testing.T) map[string]string {
	t.Helper()
	var texts map[string]string
	if err := json.Unmarshal(read(t, root, "testdata/vectors/stringified.json"), &texts); err != nil {
		t.Fatal(err)
	}
	if len(texts) == 0 {
		t.Fatal("stringified.json is empty")
	}
	return texts
}

// TestStringified checks that what was signed in place of the body is JSON and
// another text than the body.
func TestStringified(t *testing.T) {
	for name, text := range stringifiedTexts(t) {
		provider, file, _ := strings.Cut(name, "/")
		v := named(t, provider, file)
		if text == string(v.Request.bytes()) {
			t.Errorf("%s: the re-serialised body is the body itself", name)
		}
		if !json.Valid([]byte(text)) {
			t.Errorf("%s: %q is not JSON", name, text)
		}
	}
}
