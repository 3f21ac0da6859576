package conformance

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hookseal/hookseal/engine/script/scripttest"
	"github.com/hookseal/hookseal/engine/webhook"
)

// openGoldens reads the files of golden events in and below a folder. No folder
// has none; one without such files is an error.
func openGoldens(dir string) ([]*scripttest.Suite, error) {
	if dir == "" {
		return nil, nil
	}
	var suites []*scripttest.Suite
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, scripttest.Suffix) {
			return err
		}
		suite, err := scripttest.Read(path)
		suites = append(suites, suite)
		return err
	})
	if err == nil && len(suites) == 0 {
		err = fmt.Errorf("there is no *%s in %s", scripttest.Suffix, dir)
	}
	return suites, err
}

// golden runs what the author expects of events.
func (t *trial) golden(ctx context.Context) (finding, error) {
	switch {
	case !slices.Contains(t.guest.Hooks(), webhook.HookTransform):
		return skipped("the module has no transform; the vectors of its pack prove a rule"), nil
	case len(t.goldens) == 0:
		return skipped("none were given"), nil
	}
	var f finding
	tests := 0
	for _, suite := range t.goldens {
		for _, r := range suite.RunOn(ctx, t.guest) {
			tests++
			if r.Fault != "" {
				f.faults = append(f.faults, fmt.Sprintf("%s, %s: %s", filepath.ToSlash(suite.Path), r.Name, r.Fault))
			}
		}
	}
	f.detail = fmt.Sprintf("%s of %s", plural(tests, "event"), plural(len(t.goldens), "file"))
	return f, nil
}
