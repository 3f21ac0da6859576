package catalog_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/webhook"
)

// trial is a pack before the library of its vendor, an entry of
// testdata/oracles/trials/<library>.json. The README there describes it.
type trial struct {
	Pack     string            `json:"pack"`
	Secret   string            `json:"secret"`
	Key      string            `json:"key"`
	Other    string            `json:"other"`
	Settings map[string]string `json:"settings"`
	Signs    bool              `json:"signs"`
	Theirs   bool              `json:"only_theirs"`
	Method   string            `json:"method"`
	Target   string            `json:"target"`
	Headers  map[string]string `json:"headers"`
	Bodies   bodies            `json:"bodies"`
	Unsigned []string          `json:"unsigned"`
	Changes  map[string]change `json:"changes"`
}

// bodies names a list of bodies, or gives one.
type bodies struct {
	kind  string
	given []string
}

func (b *bodies) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, &b.kind) == nil {
		if _, known := bodyLists[b.kind]; !known {
			return fmt.Errorf("bodies = %q, want json, form or a list", b.kind)
		}
		return nil
	}
	return json.Unmarshal(data, &b.given)
}

func (b bodies) list() []string {
	if len(b.given) > 0 {
		return b.given
	}
	if b.kind == "" {
		return bodyLists["json"]
	}
	return bodyLists[b.kind]
}

var bodyLists = map[string][]string{
	"json": {
		`{"id":"evt_1","type":"a.b"}`, `{"name":"Zoë 🦊 \u00e9\/","n":1.0,"list":[ 1, 2 ]}`, "{}\n", `{"crlf":1}` + "\r\n",
		`{"long":"` + strings.Repeat("x", 100_000) + `"}`,
	},
	"form": {
		"CallSid=CA1&Digits=1234&From=%2B14158675309", "Reason=Participant&ReasonConferenceEnded=test", "b=2&a=1&b=1&a=1",
		"Body=Ahoy+%26+more+%3D+1+%25+%F0%9F%A6%9C&Empty=", "%61=1&B=2&_=3", "",
	},
}

// change says how one part of a request that is signed becomes another.
type change struct {
	// In is a header, "target", "host", "method" or "body".
	In      string    `json:"in"`
	Set     string    `json:"set"`
	Prepend string    `json:"prepend"`
	Append  string    `json:"append"`
	Replace [2]string `json:"replace"`
	// Last makes the last digit or letter another.
	Last bool `json:"last"`
}

func (c change) apply(text string) string {
	if c.Set != "" {
		return c.Set
	}
	if end := len(text) - 1; c.Last {
		text = text[:end] + string(text[end]^1)
	}
	if c.Replace[0] != "" {
		text = strings.Replace(text, c.Replace[0], c.Replace[1], 1)
	}
	return c.Prepend + text + c.Append
}

func (c change) to(r *webhook.Request) {
	switch c.In {
	case "target":
		r.Target = c.apply(r.Target)
	case "host":
		r.Host = c.apply(r.Host)
	case "method":
		r.Method = c.apply(r.Method)
	case "body":
		r.Body = []byte(c.apply(string(r.Body)))
	default:
		r.Header.Set(c.In, c.apply(r.Header.Get(c.In)))
	}
}

// changes are those of the trial, and those of the body and the signature that
// every scheme must notice. A signature that is in no header is changed by the trial.
func (tr trial) changes(t *testing.T, pack *catalog.Pack) map[string]func(*webhook.Request) {
	t.Helper()
	changes := map[string]func(*webhook.Request){"body": changeBody}
	if header := pack.Scheme.SignatureHeader(); header != "" {
		changes["signature"] = changeSignature(header)
	}
	for _, name := range tr.Unsigned {
		delete(changes, name)
	}
	for name, c := range tr.Changes {
		changes[name] = c.to
	}
	if changes["signature"] == nil && !slices.Contains(tr.Unsigned, "signature") {
		t.Fatal(`the signature is in no header: say in changes how "signature" becomes another`)
	}
	return changes
}

// changeBody changes a letter and nothing of what surrounds it.
func changeBody(r *webhook.Request) {
	if len(r.Body) == 0 {
		r.Body = []byte("a=1")
		return
	}
	r.Body = append(r.Body[:len(r.Body)-1], 'x')
}

// changeSignature changes a digit in the middle of the signature.
func changeSignature(header string) func(*webhook.Request) {
	return func(r *webhook.Request) {
		text := []byte(r.Header.Get(header))
		at := len(text) - 10
		if text[at]++; text[at] == 'g' || text[at] == ':' || text[at] == '{' || text[at] == '[' {
			text[at] = '0'
		}
		r.Header.Set(header, string(text))
	}
}

// other is another secret of the same form.
func (tr trial) other() string {
	if tr.Other != "" {
		return tr.Other
	}
	middle := len(tr.Secret) / 2
	digit := "1"
	if tr.Secret[middle] == '1' {
		digit = "2"
	}
	return tr.Secret[:middle] + digit + tr.Secret[middle+1:]
}

// trialFiles names the files of trials, one for each library.
func trialFiles(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(oracles, "trials", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) == 0 {
		t.Fatalf("%s has no trials", oracles)
	}
	for i, path := range paths {
		paths[i] = filepath.Base(path)
	}
	return paths
}

func readTrials(t *testing.T, file string) []trial {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(oracles, "trials", file))
	if err != nil {
		t.Fatal(err)
	}
	var trials []trial
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&trials); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	if len(trials) == 0 {
		t.Fatalf("%s holds no trial", file)
	}
	return trials
}
