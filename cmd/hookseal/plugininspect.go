package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hookseal/hookseal/hostabi/conformance"
	"github.com/hookseal/hookseal/hostabi/host"
)

func newPluginInspectCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "inspect FILE",
		Short: "Show what a module implements and what it asks for",
		Long: `Inspect reads a module and shows its hooks, the version of the ABI that it was
built for, its imports, exports, initial memory, size and SHA-256, by which a
configuration pins it; and what the manifest beside it says, redact.toml beside
redact.wasm, with the capabilities that it asks for. It does not run the module;
whether the host serves all of it, "hookseal plugin test" says.

Exit status: 0, 1 if the file is no module, 2 if it cannot be read.`,
		Example: `  hookseal plugin inspect redact.wasm`,
		Args:    positional(1, 1, "FILE"),
	}
	asJSON := jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		code, err := readModule(args[0])
		if err != nil {
			return err
		}
		module, err := conformance.Inspect(code)
		if err != nil {
			return no("%s: %w", code.Name, err)
		}
		if *asJSON {
			return printJSON(cmd.OutOrStdout(), module)
		}
		return printModule(cmd.OutOrStdout(), module)
	}
	return cmd
}

func printModule(w io.Writer, m conformance.Module) error {
	var shown facts
	shown.add("size", "%d bytes", m.Size)
	shown.add("sha256", "%s", m.SHA256)
	shown.add("abi", "%s", cmp.Or(m.ABI, "none"))
	shown.add("hooks", "%s", cmp.Or(joined(m.Hooks), "none"))
	shown.add("memory", "%d KiB", m.Memory/1024)
	describeManifest(&shown, m.Manifest)
	for _, i := range m.Imports {
		shown.add("import", "%s.%s%s", i.Module, i.Name, kindNote(i.Kind))
	}
	for _, e := range m.Exports {
		shown.add("export", "%s%s", e.Name, kindNote(e.Kind))
	}
	if _, err := fmt.Fprintln(w, cellText(m.Name)); err != nil {
		return err
	}
	return shown.print(w)
}

// describeManifest adds what a manifest says.
func describeManifest(shown *facts, m *host.Manifest) {
	if m == nil {
		shown.add("manifest", "none")
		return
	}
	shown.add("manifest", "%s %s", m.Name, m.Version)
	shown.add("capabilities", "%s", cmp.Or(joined(m.Capabilities), "none"))
	if len(m.Algorithms) > 0 {
		shown.add("algorithms", "%s", joined(m.Algorithms))
	}
	if text := m.Limits.String(); text != "" {
		shown.add("limits", "%s", text)
	}
}

func joined[T ~string](names []T) string {
	texts := make([]string, len(names))
	for i, name := range names {
		texts[i] = string(name)
	}
	return strings.Join(texts, ", ")
}

// kindNote says what an import or export is, unless it is a function as most are.
func kindNote(kind string) string {
	if kind == "function" {
		return ""
	}
	return " (" + kind + ")"
}
