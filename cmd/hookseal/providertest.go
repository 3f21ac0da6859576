package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hookseal/hookseal/engine/catalog"
)

func newProvidersTestCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "test [NAME|DIR]",
		Short: "Run the vectors of a provider pack, or of all that ship",
		Long: `Test judges every vector of a pack and compares what comes out with what the
vector expects: verdict, reason, event type and id, candidate, coverage, and which
secret matched. A pack needs at least one vector that is accepted and one that is
refused.

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
	Name     string          `json:"name"`
	Proven   bool            `json:"proven"`
	Accepted int             `json:"accepted"`
	Refused  int             `json:"refused"`
	Failures []vectorFailure `json:"failures"`
}

type vectorFailure struct {
	// Vector is empty for a fault of the pack as a whole.
	Vector string `json:"vector,omitempty"`
	Error  string `json:"error"`
}

func testProviders(ctx context.Context, names []string) ([]providerTest, error) {
	var results []providerTest
	for _, name := range names {
		proof, err := catalog.Prove(ctx, func(settings map[string]string) (*catalog.Pack, error) {
			return openNamed(ctx, name, settings)
		})
		if err != nil {
			return nil, err
		}
		r := providerTest{Name: name, Proven: proof.Err() == nil, Accepted: proof.Accepts, Refused: proof.Rejects, Failures: []vectorFailure{}}
		if why := proof.Unproven(); why != nil {
			r.Failures = append(r.Failures, vectorFailure{Error: why.Error()})
		}
		for _, f := range proof.Failures {
			r.Failures = append(r.Failures, vectorFailure{f.Vector, f.Err.Error()})
		}
		results = append(results, r)
	}
	return results, nil
}

func printTests(w io.Writer, results []providerTest) error {
	var text strings.Builder
	for _, r := range results {
		mark := "ok  "
		if !r.Proven {
			mark = "FAIL"
		}
		fmt.Fprintf(&text, "%s  %s: %d accepted, %d refused\n", mark, r.Name, r.Accepted, r.Refused)
		for _, f := range r.Failures {
			if f.Vector != "" {
				fmt.Fprintf(&text, "      %s\n", f.Vector)
			}
			for line := range strings.Lines(f.Error) {
				fmt.Fprintf(&text, "          %s\n", cellText(strings.TrimSuffix(line, "\n")))
			}
		}
	}
	_, err := io.WriteString(w, text.String())
	return err
}
