package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/hookseal/hookseal/hostabi/conformance"
)

// shortCalls is how many calls --short watches the memory over.
const shortCalls = 500

func newPluginTestCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "test FILE",
		Short: "Try a module as hookseal would use it for years",
		Long: `Test tries a module, and prints a report that may be attached to its release:

  manifest           redact.toml beside redact.wasm agrees with it; it is granted
                     what it asks for there
  link               it is valid, and the host serves what it imports
  answers            a plain message is answered; skipped if the module itself
                     fails it, as one does that lacks its settings
  shapes             messages without headers, type or body; JSON of every kind
  not UTF-8          bytes that are no text, in every place
  duplicate headers  each header several times
  body sizes         0 bytes to 1 MiB
  exhaustion         more than there is room for: the call ends with an error that
                     says why, and the next one is as before
  determinism        the same input gives the same output, loaded anew too
  memory             10,000 calls leave nothing behind; 500 with --short
  golden events      what the *.test.toml of a folder expect of events, in the
                     form that "hookseal script test --help" shows

A module may fail a call with a message of its own. It must not trap, break a
limit or misuse a function of the host. Its work is bounded as in a server, and
its time more generously, so that a busy machine makes no verdict.

Exit status: 0 no check failed, 1 one did, 2 if the module or the golden events
cannot be read.`,
		Example: `  hookseal plugin test redact.wasm
  hookseal plugin test redact.wasm --golden tests --setting members=email > report.txt`,
		Args: positional(1, 1, "FILE"),
	}
	asJSON, settings, function := jsonFlag(cmd), settingsFlag(cmd), functionFlag(cmd)
	golden := cmd.Flags().String("golden", "", "the `DIR` of golden events")
	short := cmd.Flags().Bool("short", false, "watch the memory over fewer calls")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		given, err := settingsOf(*settings)
		if err != nil {
			return err
		}
		code, err := readModule(args[0])
		if err != nil {
			return err
		}
		code.Function = *function
		options := conformance.Options{Golden: *golden, Settings: given}
		if *short {
			options.Calls = shortCalls
		}
		report, err := conformance.Check(cmd.Context(), code, options)
		if err != nil {
			return err
		}
		if *asJSON {
			err = printJSON(cmd.OutOrStdout(), report)
		} else {
			_, err = io.WriteString(cmd.OutOrStdout(), report.String())
		}
		if err == nil && !report.Passed() {
			return &noError{}
		}
		return err
	}
	return cmd
}
