package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi"
)

func newPluginCommand() *cobra.Command {
	return group("plugin", "Begin a WASM module, try it, measure it",
		`A module is a .wasm file with a claim, which says what a request's signature
covers, or a transform, or both.`,
		`  hookseal plugin new redact --lang c
  hookseal plugin test redact.wasm --golden tests
  hookseal plugin inspect redact.wasm`,
		newPluginNewCommand(), newPluginTestCommand(), newPluginBenchCommand(), newPluginInspectCommand())
}

// readModule reads a module, whatever its file is called, and the manifest beside
// it, if there is one.
func readModule(path string) (webhook.GuestCode, error) {
	code, err := os.ReadFile(path)
	if err != nil {
		return webhook.GuestCode{}, err
	}
	guest := webhook.GuestCode{Name: filepath.ToSlash(path), Code: code}
	manifest, err := os.ReadFile(hostabi.ManifestName(path))
	switch {
	case err == nil:
		guest.Manifest, guest.ManifestName = manifest, hostabi.ManifestName(guest.Name)
	case !errors.Is(err, fs.ErrNotExist):
		return webhook.GuestCode{}, err
	}
	return guest, nil
}

// functionFlag gives a command the flag --function.
func functionFlag(cmd *cobra.Command) *string {
	return cmd.Flags().String("function", "", "the export `NAME` that an Extism plug-in is called by (default \"transform\")")
}
