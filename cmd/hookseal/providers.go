package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/scheme"
)

func newProvidersCommand() *cobra.Command {
	return group("providers", "List, show, test and begin provider packs",
		`A provider pack is a folder: provider.toml says how the provider signs and how it
behaves as a sender, and vectors prove it.`,
		`  hookseal providers list
  hookseal providers show chaindoc
  hookseal providers new acme --dir packs
  hookseal providers test ./packs/acme`,
		newProvidersListCommand(), newProvidersShowCommand(), newProvidersTestCommand(), newProvidersNewCommand())
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
	// Rule is the file of a rule, which says for each request where the signature
	// stands and what it covers.
	Rule  string `json:"rule,omitempty"`
	Proof string `json:"proof"`
}

func newProvidersListCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list [FILTER]",
		Short: "List the providers that ship with hookseal",
		Long: `List names the providers that ship with hookseal, how each signs, what its
signature covers, and what stands behind the pack. Of a pack with a rule, which says that
for each request, it names the rule. Behind a pack stands:

  vector       a pair that the provider or a standard published
  oracle       the provider's own software
  document     the provider's documentation, with vectors computed independently
  third-party  somebody else's account of it

FILTER lists those whose name, provider, algorithm or header holds it, in any case.`,
		Example: `  hookseal providers list
  hookseal providers list shop
  hookseal providers list --proof oracle --json`,
		Args: positional(0, 1, "FILTER"),
	}
	proof := cmd.Flags().String("proof", "", "list those with this `PROOF`: "+strings.Join(catalog.Proofs(), ", "))
	asJSON := jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if *proof != "" && !slices.Contains(catalog.Proofs(), *proof) {
			return usage("--proof %q must be one of %s", *proof, strings.Join(catalog.Proofs(), ", "))
		}
		all, err := listProviders(cmd.Context())
		if err != nil {
			return err
		}
		filter := strings.Join(args, "")
		rows := slices.DeleteFunc(slices.Clone(all), func(r providerRow) bool {
			return *proof != "" && r.Proof != *proof || !r.matches(filter)
		})
		if *asJSON {
			return printJSON(cmd.OutOrStdout(), map[string]any{"providers": rows})
		}
		if len(rows) == 0 {
			return no("none of %d providers is like that", len(all))
		}
		return printProviders(cmd.OutOrStdout(), rows)
	}
	return cmd
}

// matches reports whether the row holds text, in any case.
func (r *providerRow) matches(text string) bool {
	return slices.ContainsFunc([]string{r.Name, r.Title, r.Algorithm, r.Header}, func(cell string) bool {
		return strings.Contains(strings.ToLower(cell), strings.ToLower(text))
	})
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
			Covers: p.Scheme.CoversAlways().Names(), Rule: p.Scheme.Rule(), Proof: p.Provider.Proof,
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
		header, covers := shortened(r.Header, 36), strings.Join(r.Covers, ",")
		if r.Rule != "" {
			header, covers = "("+r.Rule+")", "("+r.Rule+")"
		}
		cells = append(cells, []string{r.Name, shortened(r.Title, 30), r.Algorithm, header, covers, r.Proof})
	}
	return printTable(w, []string{"NAME", "PROVIDER", "ALGORITHM", "HEADER", "COVERS", "PROOF"}, cells)
}

// shortened is text of at most so many characters, so that few long ones do not
// widen a column for all.
func shortened(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}
