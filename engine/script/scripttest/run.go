package scripttest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hookseal/hookseal/engine/webhook"
)

// Result is what came of one test.
type Result struct {
	// Name is that of the test.
	Name string
	// Fault says what differs, line by line, and is empty for a test that
	// passed.
	Fault string
}

// Run loads the script by the first of the loaders that takes it, and runs the
// tests in order. Its error is why the script could not be loaded; a
// [*webhook.GuestError] is one of the script itself.
func (s *Suite) Run(ctx context.Context, loaders ...webhook.GuestLoader) (results []Result, err error) {
	guest, err := LoadFile(ctx, s.Script, loaders...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, guest.Close(ctx)) }()
	return s.RunOn(ctx, guest), nil
}

// RunOn is [Suite.Run] for a guest that is loaded, which it does not close.
func (s *Suite) RunOn(ctx context.Context, guest webhook.Guest) []Result {
	var results []Result
	for i := range s.file.Tests {
		t := &s.file.Tests[i]
		results = append(results, Result{t.Name, s.run(ctx, guest, t)})
	}
	return results
}

// LoadFile loads a transform from a file by the first of the loaders that takes
// it.
func LoadFile(ctx context.Context, path string, loaders ...webhook.GuestLoader) (webhook.Guest, error) {
	code, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	for _, loader := range loaders {
		if !slices.Contains(loader.Extensions(), filepath.Ext(path)) {
			continue
		}
		guest, err := loader.Load(ctx, webhook.GuestCode{Name: filepath.ToSlash(path), Code: code})
		if err != nil {
			return nil, err
		}
		if !slices.Contains(guest.Hooks(), webhook.HookTransform) {
			return nil, errors.Join(fmt.Errorf("%s has no transform", path), guest.Close(ctx))
		}
		return guest, nil
	}
	return nil, fmt.Errorf("no guest loader takes %s", path)
}

// run returns the fault of one test.
func (s *Suite) run(ctx context.Context, guest webhook.Guest, t *test) string {
	settings := maps.Clone(s.file.Settings)
	if settings == nil {
		settings = map[string]string{}
	}
	maps.Copy(settings, t.Settings)
	var log []string
	outputs, err := guest.Transform(ctx, t.Event.event(), webhook.TransformContext{
		Subscription: "test", Endpoint: "test", Settings: settings,
		Log: func(level, line string) { log = append(log, level+": "+line) },
	})
	fault := t.compare(outputs, err)
	if fault == "" && t.Log != nil && !slices.Equal(log, t.Log) {
		fault = "the log differs\n" + Diff(joinLines(t.Log), joinLines(log))
	}
	return fault
}

func joinLines(lines []string) string {
	if len(lines) == 0 {
		return "(none)\n"
	}
	return strings.Join(lines, "\n") + "\n"
}

// compare says how what came differs from what the test states.
func (t *test) compare(outputs []webhook.Output, err error) string {
	switch {
	case err != nil && t.Error != "" && strings.Contains(err.Error(), t.Error):
		return ""
	case err != nil && t.Error != "":
		return fmt.Sprintf("failed with another message\n- %s\n+ %s\n", t.Error, err)
	case err != nil:
		return fmt.Sprintf("failed: %s\n", err)
	case t.Error != "":
		return "did not fail\n" + Diff("fails with: "+t.Error+"\n", Show(outputs))
	case t.Drop && len(outputs) == 0:
		return ""
	case t.Drop:
		return "was not dropped\n" + Diff(dropped, Show(outputs))
	}
	var want, got strings.Builder
	for i := range t.Output {
		t.Output[i].show(&want)
	}
	for i := range outputs {
		shown := output{}
		if i < len(t.Output) {
			shown = t.Output[i]
		}
		shown.showActual(&got, &outputs[i])
	}
	if len(outputs) == 0 {
		got.WriteString(dropped)
	}
	if want.String() == got.String() {
		return ""
	}
	return "the output differs\n" + Diff(want.String(), got.String())
}
