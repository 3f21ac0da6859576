package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/scheme"
)

func newProvidersCommand() *cobra.Command {
	return group("providers", "List, show and test the provider packs",
		`A provider pack is a folder: provider.toml says how the provider signs and how it
behaves as a sender, and vectors prove it.`,
		`  hookseal providers list
  hookseal providers show chaindoc
  hookseal providers test ./packs/acme`,
		newProvidersListCommand(), newProvidersShowCommand(), newProvidersTestCommand())
}

// openNamed opens the built-in pack of a name, or the pack in a folder. What
// looks like a path is a folder.
func openNamed(ctx context.Context, name string, settings map[string]string) (*catalog.Pack, error) {
	if isFolder(name) {
		return catalog.OpenDir(ctx, name, packOptions(settings))
	}
	return catalog.Builtin().Open(ctx, name, packOptions(settings))
}

func isFolder(name string) bool {
	if name == "." || name == ".." || strings.ContainsAny(name, `/`+string(os.PathSeparator)) {
		return true
	}
	_, err := os.Stat(filepath.Join(name, "provider.toml"))
	return err == nil
}

// providerRow is a provider as it is listed.
type providerRow struct {
	Name      string   `json:"name"`
	Title     string   `json:"title"`
	Algorithm string   `json:"algorithm"`
	Header    string   `json:"signature_header"`
	Covers    []string `json:"covers"`
	Proof     string   `json:"proof"`
}

func newProvidersListCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the providers that ship with hookseal",
		Long: `List names the providers that ship with hookseal, how each signs, what its
signature covers, and what stands behind the pack:

  vector       a pair that the provider or a standard published
  document     the provider's documentation, with vectors computed independently
  oracle       the provider's own software
  third-party  somebody else's account of it`,
		Example: `  hookseal providers list
  hookseal providers list --json`,
		Args: positional(0, 0, ""),
	}
	asJSON := jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		rows, err := listProviders(cmd.Context())
		if err != nil {
			return err
		}
		if *asJSON {
			return printJSON(cmd.OutOrStdout(), map[string]any{"providers": rows})
		}
		return printProviders(cmd.OutOrStdout(), rows)
	}
	return cmd
}

func listProviders(ctx context.Context) ([]providerRow, error) {
	var rows []providerRow
	for _, name := range catalog.Builtin().Names() {
		p, err := catalog.Builtin().Open(ctx, name, packOptions(nil))
		if err != nil {
			return nil, err
		}
		rows = append(rows, providerRow{
			Name: name, Title: p.Provider.Name, Algorithm: algorithms(p), Header: signatureAt(p.Provider.Scheme.Signature),
			Covers: p.Scheme.CoversAlways().Names(), Proof: p.Provider.Proof,
		})
		if err := p.Close(ctx); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// signatureAt says where the signature stands.
func signatureAt(d scheme.SignatureDef) string {
	if d.From != "" {
		return d.From
	}
	names := d.Header.String()
	if d.Numbered > 0 {
		names += "1…" + strconv.Itoa(d.Numbered)
	}
	return names
}

func algorithms(p *catalog.Pack) string {
	var names []string
	for _, a := range p.Scheme.Allowed() {
		names = append(names, string(a))
	}
	return strings.Join(names, ", ")
}

func printProviders(w io.Writer, rows []providerRow) error {
	var cells [][]string
	for _, r := range rows {
		cells = append(cells, []string{r.Name, r.Title, r.Algorithm, r.Header, strings.Join(r.Covers, ","), r.Proof})
	}
	return printTable(w, []string{"NAME", "PROVIDER", "ALGORITHM", "HEADER", "COVERS", "PROOF"}, cells)
}
