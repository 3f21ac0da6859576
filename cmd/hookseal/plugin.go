package main

import (
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/hookseal/hookseal/engine/webhook"
)

func newPluginCommand() *cobra.Command {
	return group("plugin", "Try a WASM module, see what it asks for",
		`A module is a .wasm file with a claim, which says what a request's signature
covers, or a transform, or both.`,
		`  hookseal plugin test redact.wasm --golden tests
  hookseal plugin inspect redact.wasm`,
		newPluginTestCommand(), newPluginInspectCommand())
}

// readModule reads a module, whatever its file is called.
func readModule(path string) (webhook.GuestCode, error) {
	code, err := os.ReadFile(path)
	return webhook.GuestCode{Name: filepath.ToSlash(path), Code: code}, err
}
