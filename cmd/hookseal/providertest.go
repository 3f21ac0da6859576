package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hookseal/hookseal/engine/catalog"
)

func newProvidersTestCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "test [NAME|DIR]",
		Short: "Prove a provider pack, or all that ship, by its vectors",
		Long: `Test judges every vector of a pack and compares what comes out with what the
vector expects: verdict, reason, event type and id, candidate, coverage, and which
secret matched.

It is as strict as the tests of hookseal are with the packs that ship. A pack needs
a vector that is accepted, and one that is refused for each reason for which its
scheme can refuse; vectors say what they show and what computed them; docs is an
https address; proof is true; and the pack verifies what it signs.

Exit status: 0 proven, 1 not proven, 2 if a pack or its vectors cannot be read.`,
		Example: `  hookseal providers test
  hookseal providers test smino
  hookseal providers test ./packs/acme`,
		Args: positional(0, 1, "NAME or DIR"),
	}
	asJSON := jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			args = catalog.Builtin().Names()
		}
		results, err := testProviders(cmd.Context(), args)
		if err != nil {
			return err
		}
		if *asJSON {
			err = printJSON(cmd.OutOrStdout(), map[string]any{"providers": results})
		} else {
			err = printTests(cmd.OutOrStdout(), results)
		}
		for _, r := range results {
			if err == nil && !r.Proven {
				return &noError{}
			}
		}
		return err
	}
	return cmd
}

// providerTest is what came of the vectors of one pack.
type providerTest struct {
	Name       string          `json:"name"`
	Proven     bool            `json:"proven"`
	Accepted   int             `json:"accepted"`
	Challenges int             `json:"challenges"`
	Refused    int             `json:"refused"`
	Failures   []vectorFailure `json:"failures"`
}

type vectorFailure struct {
	// Vector is empty for a fault of the pack as a whole, and Line is where it
	// begins in its file.
	Vector string `json:"vector,omitempty"`
	Line   int    `json:"line,omitempty"`
	Error  string `json:"error"`
}

func testProviders(ctx context.Context, names []string) ([]providerTest, error) {
	var results []providerTest
	for _, name := range names {
		strictness, err := strictnessOf(name)
		if err != nil {
			return nil, err
		}
		proof, err := catalog.ProveStrictly(ctx, func(settings map[string]string) (*catalog.Pack, error) {
			return openNamed(ctx, name, settings)
		}, strictness)
		if err != nil {
			return nil, err
		}
		results = append(results, newProviderTest(name, proof))
	}
	return results, nil
}

func newProviderTest(name string, proof catalog.Proof) providerTest {
	r := providerTest{
		Name: name, Proven: proof.Err() == nil, Accepted: proof.Accepts, Challenges: proof.Challenges, Refused: proof.Rejects,
		Failures: []vectorFailure{},
	}
	if why := proof.Unproven(); why != nil {
		r.Failures = append(r.Failures, vectorFailure{Error: why.Error()})
	}
	for _, fault := range proof.Faults {
		r.Failures = append(r.Failures, vectorFailure{Error: fault.Error()})
	}
	for _, f := range proof.Failures {
		r.Failures = append(r.Failures, vectorFailure{f.Vector, f.Line, f.Err.Error()})
	}
	return r
}

// strictnessOf is what is known of a pack beside its folder: those that ship are
// judged by the tests of hookseal, and a folder of its repository by the trials
// there.
func strictnessOf(name string) (catalog.Strictness, error) {
	if !isFolder(name) {
		return catalog.Strictness{Judged: true, Unpublished: true}, nil
	}
	dir, err := filepath.Abs(name)
	if err != nil {
		return catalog.Strictness{}, err
	}
	judged, err := isTried(filepath.Join(dir, "..", "..", "testdata", "oracles", "trials"), filepath.Base(dir))
	return catalog.Strictness{Judged: judged}, err
}

// isTried reports whether a file of trials names the pack. A folder that is not
// there has none.
func isTried(trials, pack string) (bool, error) {
	files, err := filepath.Glob(filepath.Join(trials, "*.json"))
	if err != nil {
		return false, err
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return false, err
		}
		var list []struct{ Pack string }
		if err := json.Unmarshal(data, &list); err != nil {
			return false, fmt.Errorf("%s: %w", file, err)
		}
		if slices.ContainsFunc(list, func(trial struct{ Pack string }) bool { return trial.Pack == pack }) {
			return true, nil
		}
	}
	return false, nil
}

func printTests(w io.Writer, results []providerTest) error {
	var text strings.Builder
	for _, r := range results {
		mark := "ok  "
		if !r.Proven {
			mark = "FAIL"
		}
		fmt.Fprintf(&text, "%s  %s: %d accepted, ", mark, r.Name, r.Accepted)
		if r.Challenges > 0 {
			fmt.Fprintf(&text, "%s answered, ", plural(r.Challenges, "challenge"))
		}
		fmt.Fprintf(&text, "%d refused\n", r.Refused)
		for _, f := range r.Failures {
			if f.Vector != "" {
				fmt.Fprintf(&text, "      vectors.json:%d: %s\n", f.Line, f.Vector)
			}
			for line := range strings.Lines(f.Error) {
				fmt.Fprintf(&text, "          %s\n", cellText(strings.TrimSuffix(line, "\n")))
			}
		}
	}
	_, err := io.WriteString(w, text.String())
	return err
}
