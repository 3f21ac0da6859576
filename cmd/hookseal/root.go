package main

import (
	"github.com/spf13/cobra"

	"github.com/hookseal/hookseal/engine"
)

func newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "hookseal",
		Short: "Verify, store, transform and deliver webhooks",
		Long: `hookseal takes webhooks in, and sends them on.

What comes in is verified by the scheme of its provider. What is accepted is
stored before it is acknowledged. What is stored is transformed, signed, and
delivered until the endpoint has it or its retries are exhausted.

Every command exits with 0 for yes, 1 for no, and 2 if it could not tell. The
commands that print results take --json.`,
		Example: `  hookseal serve --config hookseal.toml
  hookseal verify --provider chaindoc --secret env:CHAINDOC_SECRET request.http
  hookseal deliveries list --state exhausted`,
		Version:       engine.Version,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          rejectUnknownCommand,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &usageError{err} })
	root.AddCommand(
		newDemoCommand(), newServeCommand(), newHealthCommand(), newGatewayCommand(), newCheckCommand(), newBenchCommand(),
		newVerifyCommand(), newSignCommand(), newProvidersCommand(), newScriptCommand(), newScriptWorkerCommand(), newPluginCommand(),
		newEventsCommand(), newDeliveriesCommand(), newEndpointsCommand(), newBackupCommand(),
	)
	return root
}

// group is a command that only holds others.
func group(use, short, long, example string, commands ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{
		Use: use, Short: short, Long: long, Example: example,
		Args: rejectUnknownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(commands...)
	return c
}

func rejectUnknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	message := ""
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		message = "; did you mean " + near[0] + "?"
	}
	return usage("unknown command %q of %s%s", args[0], cmd.CommandPath(), message)
}
