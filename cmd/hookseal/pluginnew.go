package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hookseal/hookseal/cmd/hookseal/internal/starter"
	"github.com/hookseal/hookseal/engine/webhook"
)

func newPluginNewCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "new NAME",
		Short: "Write a module to begin with",
		Long: `New writes the folder of a module: a source that works as it is, its manifest, the
SDK of the language, build.sh, README.md, and the events that a transform is tested
by. It needs no network, and what it writes needs none but for AssemblyScript, whose
compiler npm gets. Nothing is overwritten.

Exit status: 0 written, 1 there is something of that name, 2 it cannot be written.`,
		Example: `  hookseal plugin new redact-orders --lang c
  hookseal plugin new acme-rule --lang rust --hook claim --dir plugins`,
		Args: positional(1, 1, "NAME"),
	}
	language := cmd.Flags().String("lang", "", "the `LANGUAGE`: "+strings.Join(starter.Languages(), ", "))
	hook := cmd.Flags().String("hook", string(webhook.HookTransform), "the `HOOK` that it implements: transform, claim")
	parent := cmd.Flags().String("dir", ".", "the `DIR` in which the folder is made")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if *language == "" {
			return usage("--lang is missing; languages are %s", strings.Join(starter.Languages(), ", "))
		}
		options := starter.Options{Name: args[0], Language: *language, Hook: webhook.Hook(*hook)}
		if err := options.Check(); err != nil {
			return usage("%w", err)
		}
		dir, err := starter.Write(*parent, options)
		if errors.Is(err, fs.ErrExist) {
			return no("%s is there already, and nothing is overwritten", filepath.Join(*parent, args[0]))
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s is written. Read %s, then:\n\n  %s\n  %s\n",
			dir, filepath.Join(dir, "README.md"), filepath.Join(dir, "build.sh"), tryCommand(dir, options))
		return err
	}
	return cmd
}

// tryCommand is what an author tries the module with once it is built.
func tryCommand(dir string, o starter.Options) string {
	command := "hookseal plugin test " + filepath.Join(dir, o.Name+".wasm")
	if o.Hook == webhook.HookTransform {
		command += " --setting members=email --golden " + filepath.Join(dir, "tests")
	}
	return command
}
