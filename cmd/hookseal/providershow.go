package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/tomlfile"
)

func newProvidersShowCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show NAME|DIR",
		Short: "Show how a provider signs and behaves",
		Long: `Show prints what is known of a provider: how it signs and what must hold beside
the signature, where its public keys are fetched, how its events are identified
and acknowledged, how its challenges are answered, which settings a source may
give, and how it behaves as a sender.`,
		Example: `  hookseal providers show chaindoc
  hookseal providers show ./packs/acme --json`,
		Args: positional(1, 1, "NAME or DIR"),
	}
	asJSON := jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		p, err := openNamed(cmd.Context(), args[0], nil)
		if err != nil {
			return err
		}
		defer p.Close(cmd.Context())
		d := describe(p)
		if *asJSON {
			return printJSON(cmd.OutOrStdout(), d)
		}
		return d.print(cmd.OutOrStdout())
	}
	return cmd
}

// providerDescription is a provider as it is shown.
type providerDescription struct {
	Name      string             `json:"name"`
	Title     string             `json:"title"`
	Docs      string             `json:"docs"`
	Proof     string             `json:"proof"`
	Notes     string             `json:"notes,omitempty"`
	Algorithm string             `json:"algorithm"`
	Header    string             `json:"signature_header,omitempty"`
	Encodings []string           `json:"encodings,omitempty"`
	Prefix    string             `json:"prefix,omitempty"`
	Parse     string             `json:"parse,omitempty"`
	Key       string             `json:"key,omitempty"`
	Messages  []shownMessage     `json:"messages,omitempty"`
	Rule      string             `json:"rule,omitempty"`
	Tolerance string             `json:"tolerance"`
	Covers    []string           `json:"covers"`
	EventID   string             `json:"event_id,omitempty"`
	EventType string             `json:"event_type,omitempty"`
	Dedup     []string           `json:"dedup"`
	Require   []string           `json:"require,omitempty"`
	Keys      *shownKeys         `json:"keys,omitempty"`
	Methods   []string           `json:"methods"`
	Ack       shownAck           `json:"ack"`
	Handshake []shownHandshake   `json:"handshakes,omitempty"`
	Settings  map[string]setting `json:"settings,omitempty"`
	Sender    sender             `json:"sender"`
}

type shownMessage struct {
	Name string `json:"name,omitempty"`
	Text string `json:"text"`
}

type setting struct {
	About   string   `json:"about"`
	Default string   `json:"default"`
	Values  []string `json:"values,omitempty"`
}

type sender struct {
	// Signs says what hookseal makes as this sender, empty where it cannot.
	Signs        string   `json:"signs,omitempty"`
	Events       []string `json:"events,omitempty"`
	Unsigned     bool     `json:"unsigned"`
	Retry        []string `json:"retry"`
	Timeout      string   `json:"timeout,omitempty"`
	DisableAfter string   `json:"disable_after,omitempty"`
	Assumptions  string   `json:"assumptions,omitempty"`
}

func describe(p *catalog.Pack) providerDescription {
	def := p.Provider
	d := providerDescription{
		Name: def.ID, Title: def.Name, Docs: def.Docs, Proof: def.Proof, Notes: strings.TrimSpace(def.Notes),
		Algorithm: algorithms(p), Header: signatureAt(def.Scheme.Signature), Encodings: def.Scheme.Signature.Encoding,
		Prefix: strings.Join(def.Scheme.Signature.Prefix, " or "), Parse: def.Scheme.Signature.Parse, Key: def.Scheme.Key, Rule: p.Scheme.Rule(),
		Tolerance: toleranceText(p.Scheme.Tolerance()), Covers: p.Scheme.CoversAlways().Names(),
		EventID: def.Event.ID, EventType: def.Event.Type, Sender: describeSender(def.Sender),
		Require: conditions(def.Scheme.Require), Keys: describeKeys(p), Methods: def.EventMethods(),
		Ack: describeAck(def.Ack), Handshake: describeHandshakes(def.Handshake),
		Settings: map[string]setting{},
	}
	for _, m := range def.Scheme.Message {
		d.Messages = append(d.Messages, shownMessage{m.Name, m.Text})
	}
	d.Dedup = dedupKeys(p)
	for name, s := range def.Settings {
		d.Settings[name] = setting{s.About, s.Default, s.Values}
	}
	d.Sender.Signs = signsText(p)
	if def.Scheme.Time != nil {
		d.Settings["tolerance"] = setting{About: "how far the stated time may be from now", Default: d.Tolerance}
	}
	return d
}

// signsText says whether requests as the provider can be made, and with how many
// secrets at a time.
func signsText(p *catalog.Pack) string {
	switch {
	case p.Scheme.CanSign() != nil:
		return ""
	case p.Scheme.CarriesSeveral():
		return "with every secret that counts"
	}
	return "with one secret at a time"
}

// dedupKeys lists the keys of a pack, its own choice first.
func dedupKeys(p *catalog.Pack) []string {
	event := p.Provider.Event
	keys := append([]string{scheme.DedupBody, scheme.DedupID, scheme.DedupSignature, scheme.DedupOff}, slices.Sorted(maps.Keys(event.Keys))...)
	if event.Dedup != "" {
		keys = append([]string{event.Dedup}, slices.DeleteFunc(keys, func(k string) bool { return k == event.Dedup })...)
	}
	return slices.DeleteFunc(keys, func(k string) bool { return p.Scheme.CheckDedup(k) != nil })
}

func toleranceText(d time.Duration) string {
	if d == 0 {
		return "off"
	}
	return tomlfile.Duration(d).String()
}

func describeSender(s catalog.Sender) sender {
	d := sender{Events: s.Events, Unsigned: s.Unsigned, Retry: []string{}, Assumptions: strings.Join(strings.Fields(s.Assumptions), " ")}
	for _, wait := range s.Retry {
		d.Retry = append(d.Retry, wait.String())
	}
	if s.Timeout > 0 {
		d.Timeout = s.Timeout.String()
	}
	if after := s.DisableAfter; after.Failures > 0 {
		of := after.Of
		if of == "" {
			of = "deliveries"
		}
		d.DisableAfter = fmt.Sprintf("more than %d failed %s in a row", after.Failures, of)
	}
	if lasted := s.DisableAfter.For; lasted > 0 {
		d.DisableAfter = strings.TrimPrefix(fmt.Sprintf("%s, or no success for %s", d.DisableAfter, lasted), ", or ")
	}
	return d
}
