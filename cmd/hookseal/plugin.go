package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/hookseal/hookseal/engine/tomlfile"
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
	code, err := readUpTo(path, hostabi.MaxModule)
	if err != nil {
		return webhook.GuestCode{}, err
	}
	guest := webhook.GuestCode{Name: filepath.ToSlash(path), Code: code}
	manifest, err := readUpTo(hostabi.ManifestName(path), maxManifest)
	switch {
	case err == nil:
		guest.Manifest, guest.ManifestName = manifest, hostabi.ManifestName(guest.Name)
	case !errors.Is(err, fs.ErrNotExist):
		return webhook.GuestCode{}, err
	}
	return guest, nil
}

// maxManifest is the largest manifest in bytes.
const maxManifest = 1 << 20

// readUpTo reads a file of most bytes or fewer, whatever its size is said to be.
func readUpTo(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() // nothing was written
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(text)) > most {
		err = fmt.Errorf("%s is longer than %s, the most that is read", path, tomlfile.Size(most))
	}
	return text, err
}

// functionFlag gives a command the flag --function.
func functionFlag(cmd *cobra.Command) *string {
	return cmd.Flags().String("function", "", "the export `NAME` that an Extism plug-in is called by (default \"transform\")")
}
