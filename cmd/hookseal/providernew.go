package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/hookseal/hookseal/cmd/hookseal/internal/skeleton"
)

func newProvidersNewCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "new NAME",
		Short: "Write a provider pack to begin with",
		Long: `New writes the folder of a pack: provider.toml with the choices that most vendors
make, vectors.json with an event and what must be refused, and README.md, which
says what to do next. "hookseal providers test" passes it as it is. Nothing is
overwritten.

Exit status: 0 written, 1 there is something of that name, 2 it cannot be written.`,
		Example: `  hookseal providers new acme
  hookseal providers new acme --dir packs`,
		Args: positional(1, 1, "NAME"),
	}
	parent := cmd.Flags().String("dir", ".", "the `DIR` in which the folder is made")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := skeleton.CheckName(args[0]); err != nil {
			return usage("%w", err)
		}
		dir, err := skeleton.Write(*parent, args[0])
		if errors.Is(err, fs.ErrExist) {
			return no("%s is there already, and nothing is overwritten", filepath.Join(*parent, args[0]))
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s is written. Read %s, then:\n\n  hookseal providers test %s\n",
			dir, filepath.Join(dir, "README.md"), dir)
		return err
	}
	return cmd
}
