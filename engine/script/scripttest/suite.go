package scripttest

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine/tomlfile"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Suffix is how the name of a file of tests ends.
const Suffix = ".test.toml"

// Suite is a file of tests.
type Suite struct {
	// Path is the file, Script the one that it tests.
	Path, Script string

	file suiteFile
}

type suiteFile struct {
	Script   string            `toml:"script"`
	Settings map[string]string `toml:"settings"`
	Tests    []test            `toml:"test"`
}

type test struct {
	Name     string            `toml:"name"`
	Event    event             `toml:"event"`
	Settings map[string]string `toml:"settings"`
	Output   []output          `toml:"output"`
	Drop     bool              `toml:"drop"`
	Error    string            `toml:"error"`
	Log      []string          `toml:"log"`
}

type event struct {
	ID          string            `toml:"id"`
	Type        string            `toml:"type"`
	Source      string            `toml:"source"`
	Provider    string            `toml:"provider"`
	Time        time.Time         `toml:"time"`
	ContentType string            `toml:"content_type"`
	Headers     map[string]string `toml:"headers"`
	content
}

type output struct {
	Type        *string           `toml:"type"`
	ContentType *string           `toml:"content_type"`
	Headers     map[string]string `toml:"headers"`
	JSON        *string           `toml:"json"`
	content
}

// content is a body, or the name of the file that holds it.
type content struct {
	Body *string `toml:"body"`
	File string  `toml:"body_file"`
}

// Load reads a file of tests. Its error is [tomlfile.Faults] for what the file
// says, and any other error if a file could not be read.
func Load(path string) (*Suite, error) {
	s, err := Read(path)
	if err != nil {
		return nil, err
	}
	s.Script, err = s.findScript()
	return s, err
}

// Read is [Load] for a guest that the caller has, to be tested by [Suite.RunOn]:
// it looks for no script, and leaves Script empty.
func Read(path string) (*Suite, error) {
	s := &Suite{Path: path}
	doc, err := tomlfile.ParseFile(path)
	if err != nil {
		return nil, err
	}
	faults := []error{doc.Decode(&s.file)}
	if len(s.file.Tests) == 0 {
		faults = append(faults, doc.Fault("test", "there is none: a file of tests has at least one [[test]]"))
	}
	for i := range s.file.Tests {
		faults = append(faults, s.read(doc, i)...)
	}
	if err := tomlfile.Join(faults...); err != nil {
		return nil, err
	}
	return s, nil
}

// read checks one test, and reads the files that it names.
func (s *Suite) read(doc *tomlfile.Document, i int) []error {
	t := &s.file.Tests[i]
	key := fmt.Sprintf("test[%d]", i)
	var faults []error
	note := func(key, format string, args ...any) { faults = append(faults, doc.Fault(key, format, args...)) }
	if t.Name == "" {
		note(key+".name", "is missing")
	}
	stated := 0
	for _, is := range []bool{len(t.Output) > 0, t.Drop, t.Error != ""} {
		if is {
			stated++
		}
	}
	if stated != 1 {
		note(key, "states %d of output, drop and error, want one", stated)
	}
	fill := func(key string, c *content, others int) {
		if err := c.fill(filepath.Dir(s.Path)); err != nil {
			note(key+".body_file", "%s", err)
		}
		if c.Body != nil {
			others++
		}
		if others != 1 {
			note(key, "states %d bodies, want one", others)
		}
	}
	fill(key+".event", &t.Event.content, 0)
	for j := range t.Output {
		asJSON := 0
		if text := t.Output[j].JSON; text != nil {
			if asJSON = 1; !json.Valid([]byte(*text)) {
				note(fmt.Sprintf("%s.output[%d].json", key, j), "is not JSON")
			}
		}
		fill(fmt.Sprintf("%s.output[%d]", key, j), &t.Output[j].content, asJSON)
	}
	return faults
}

func (c *content) fill(dir string) error {
	if c.File == "" {
		return nil
	}
	if c.Body != nil {
		return errors.New("contradicts the body beside it")
	}
	raw, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(c.File)))
	if err != nil {
		return err
	}
	text := string(raw)
	c.Body = &text
	return nil
}

// findScript returns the path of the script.
func (s *Suite) findScript() (string, error) {
	dir, name := filepath.Split(s.Path)
	if s.file.Script != "" {
		return filepath.Join(dir, filepath.FromSlash(s.file.Script)), nil
	}
	stem := filepath.Join(dir, strings.TrimSuffix(name, Suffix))
	for _, ext := range []string{".js", ".ts", ".mjs", ".wasm"} {
		if _, err := os.Stat(stem + ext); err == nil {
			return stem + ext, nil
		}
	}
	return "", fmt.Errorf("%s: there is no %s.js, .ts, .mjs or .wasm beside it; name another with script", s.Path, stem)
}

// event makes the event of a test, with standards for what it does not state.
func (e *event) event() *webhook.Event {
	ev := &webhook.Event{
		ID: cmp.Or(e.ID, "evt_test"), Type: e.Type, Source: cmp.Or(e.Source, "test"), Provider: e.Provider,
		Time: e.Time, Header: http.Header{}, Body: []byte(*e.Body),
	}
	if ev.Time.IsZero() {
		ev.Time = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	}
	for name, value := range e.Headers {
		ev.Header.Set(name, value)
	}
	standard := "text/plain; charset=utf-8"
	if json.Valid(ev.Body) {
		standard = "application/json"
	}
	if ev.Header.Get("Content-Type") == "" || e.ContentType != "" {
		ev.Header.Set("Content-Type", cmp.Or(e.ContentType, standard))
	}
	return ev
}
