package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hookseal/hookseal/engine/script/scripttest"
	"github.com/hookseal/hookseal/engine/webhook"
)

func newScriptTestCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "test [DIR|FILE]",
		Short: "Run the tests that lie beside transforms",
		Long: `Test runs every *.test.toml in a folder and below it, or one of them: events, and
what becomes of each.

  [[test]]
  name  = "a contract is signed"
  event = { type = "document.signed", body = '{"documentId":"d1"}' }

  [[test.output]]
  type = "contract.signed"
  json = '{"kind":"contract.signed","document":"d1"}'

  [[test]]
  name  = "an archived one is dropped"
  event = { type = "document.archived", body = '{}' }
  drop  = true

to-crm.test.toml tests to-crm.js or to-crm.ts; script = "NAME" names another. A
test states one of output, drop and error (a part of the message). An output has a
body: json, in which white space does not count, or body or body_file, byte for
byte; type, content_type and headers count where they are stated.

With --watch the tests run again whenever a file changes, until the command is
interrupted.

Exit status: 0 all pass, 1 some do not, 2 if a script or its tests cannot be read.`,
		Example: `  hookseal script test
  hookseal script test scripts --watch
  hookseal script test scripts/to-crm.test.toml`,
		Args: positional(0, 1, "DIR or FILE"),
	}
	asJSON := jsonFlag(cmd)
	watch := cmd.Flags().Bool("watch", false, "run the tests again whenever a file changes")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		path := "."
		if len(args) > 0 {
			path = args[0]
		}
		if *watch {
			if *asJSON {
				return usage("--json and --watch exclude each other")
			}
			return watchScripts(cmd.Context(), cmd.OutOrStdout(), path, lookEvery)
		}
		return testScripts(cmd.Context(), cmd.OutOrStdout(), path, *asJSON)
	}
	return cmd
}

// scriptReport is what came of the tests of one script.
type scriptReport struct {
	Script   string       `json:"script"`
	Tests    int          `json:"tests"`
	Failures []scriptFail `json:"failures"`
}

type scriptFail struct {
	// Test is empty where the script itself could not be loaded.
	Test  string `json:"test,omitempty"`
	Fault string `json:"fault"`
}

// testScripts runs the tests of a path, and prints what came of them.
func testScripts(ctx context.Context, w io.Writer, path string, asJSON bool) error {
	suites, err := findSuites(path)
	if err != nil {
		return err
	}
	failed := false
	reports := []scriptReport{}
	for _, file := range suites {
		report, err := testScript(ctx, file)
		if err != nil {
			return err
		}
		failed = failed || len(report.Failures) > 0
		reports = append(reports, report)
		if !asJSON {
			if err := report.print(w); err != nil {
				return err
			}
		}
	}
	if asJSON {
		if err := printJSON(w, map[string]any{"scripts": reports}); err != nil {
			return err
		}
	}
	if failed {
		return &noError{}
	}
	return nil
}

// findSuites returns a file of tests, or those in and below a folder. Hidden
// folders are left out.
func findSuites(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	var found []string
	err = filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && p != path && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules"):
			return filepath.SkipDir
		case strings.HasSuffix(p, scripttest.Suffix) && !d.IsDir():
			found = append(found, p)
		}
		return nil
	})
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("there is no *%s in %s", scripttest.Suffix, path)
	}
	return found, err
}

func testScript(ctx context.Context, file string) (scriptReport, error) {
	suite, err := scripttest.Load(file)
	if err != nil {
		return scriptReport{}, err
	}
	report := scriptReport{Script: filepath.ToSlash(suite.Script), Failures: []scriptFail{}}
	results, err := suite.Run(ctx, transformLoaders()...)
	if fault, ok := errors.AsType[*webhook.GuestError](err); ok {
		report.Failures = append(report.Failures, scriptFail{Fault: fault.Error() + "\n"})
		return report, nil
	}
	report.Tests = len(results)
	for _, r := range results {
		if r.Fault != "" {
			report.Failures = append(report.Failures, scriptFail{r.Name, r.Fault})
		}
	}
	return report, err
}

func (r *scriptReport) print(w io.Writer) error {
	var text strings.Builder
	switch failures := len(r.Failures); {
	case failures == 0:
		fmt.Fprintf(&text, "ok    %s: %d passed\n", cellText(r.Script), r.Tests)
	case r.Tests == 0:
		fmt.Fprintf(&text, "FAIL  %s: not loaded\n", cellText(r.Script))
	default:
		fmt.Fprintf(&text, "FAIL  %s: %d of %d failed\n", cellText(r.Script), failures, r.Tests)
	}
	for _, f := range r.Failures {
		if f.Test != "" {
			fmt.Fprintf(&text, "      %s\n", cellText(f.Test))
		}
		text.WriteString(indented(f.Fault, "          "))
	}
	_, err := io.WriteString(w, text.String())
	return err
}
