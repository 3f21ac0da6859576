package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hookseal/hookseal/engine/script"
	"github.com/hookseal/hookseal/engine/script/bundle"
	"github.com/hookseal/hookseal/engine/script/scripttest"
	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi/host"
)

func newScriptCommand() *cobra.Command {
	return group("script", "Test transforms, run one, see what a change would do",
		`A transform turns an event into what an endpoint is sent. It is a file of
JavaScript or TypeScript, in the form of hookseal or of Svix, Hookdeck or Convoy,
or a WASM module.`,
		`  hookseal script test scripts
  hookseal script run scripts/to-crm.js --event event.json
  hookseal script diff scripts/to-crm.js new.js --source contracts`,
		newScriptTestCommand(), newScriptRunCommand(), newScriptDiffCommand())
}

// transformLoaders load the transforms that a command line names.
func transformLoaders() []webhook.GuestLoader {
	return []webhook.GuestLoader{script.Loader{Bundler: bundle.Bundler{}}, host.Loader{}}
}

// bundlerOf bundles the transforms that a configuration file names.
func bundlerOf(config string) script.Bundler { return bundle.Bundler{Dir: filepath.Dir(config)} }

func loadTransform(ctx context.Context, path string) (webhook.Guest, error) {
	return scripttest.LoadFile(ctx, path, transformLoaders()...)
}

// settingsFlag gives a command the flag --setting.
func settingsFlag(cmd *cobra.Command) *[]string {
	return cmd.Flags().StringArray("setting", nil, "a setting of the transform, as `NAME=VALUE`; repeatable")
}

func settingsOf(texts []string) (map[string]string, error) {
	settings := map[string]string{}
	for _, text := range texts {
		name, value, ok := strings.Cut(text, "=")
		if !ok {
			return nil, usage("--setting %q must be NAME=VALUE", text)
		}
		settings[name] = value
	}
	return settings, nil
}

// indented puts text under a line that names it.
func indented(text, indent string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		fmt.Fprintf(&out, "%s%s\n", indent, printable(strings.TrimSuffix(line, "\n")))
	}
	return out.String()
}
