package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// eventDetail is an event with its body and its deliveries.
type eventDetail struct {
	shownEvent
	Header     http.Header     `json:"header"`
	Body       string          `json:"body,omitempty"`
	BodyBase64 []byte          `json:"body_base64,omitempty"`
	Deliveries []shownDelivery `json:"deliveries"`
}

func newEventsShowCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "Show one event with its body and its deliveries",
		Long: `Show prints an event: what it is, the header fields of its request (credentials
redacted), the body, and what became of its deliveries.

Exit status: 0 shown, 1 if there is no such event, 2 if the store cannot be read.`,
		Example: `  hookseal events show evt_0199…
  hookseal events show evt_0199… --body | jq .`,
		Args: positional(1, 1, "ID"),
	}
	config, asJSON := configFlag(cmd), jsonFlag(cmd)
	bodyOnly := cmd.Flags().Bool("body", false, "print the body alone, byte for byte")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if *asJSON && *bodyOnly {
			return usage("--json and --body exclude each other")
		}
		db, outline, err := openReader(cmd.Context(), *config)
		if err != nil {
			return err
		}
		defer db.Close()
		ev, err := db.Event(cmd.Context(), args[0])
		if errors.Is(err, store.ErrNotFound) {
			return no("there is no event %q", args[0])
		}
		if err != nil {
			return err
		}
		if *bodyOnly {
			_, err := cmd.OutOrStdout().Write(ev.Body)
			return err
		}
		deliveries, err := db.Deliveries(cmd.Context(), store.DeliveryQuery{Event: ev.ID})
		if err != nil {
			return err
		}
		paused, err := pauses(cmd.Context(), outline)
		if err != nil {
			return err
		}
		shown := showDeliveries(deliveries, paused)
		if *asJSON {
			return printJSON(cmd.OutOrStdout(), detailOf(&ev, shown))
		}
		return printEvent(cmd.OutOrStdout(), &ev, shown)
	}
	return cmd
}

func detailOf(ev *webhook.Event, deliveries []shownDelivery) eventDetail {
	d := eventDetail{shownEvent: showEvent(ev), Header: ev.Header, Deliveries: deliveries}
	if utf8.Valid(ev.Body) {
		d.Body = string(ev.Body)
	} else {
		d.BodyBase64 = ev.Body
	}
	return d
}

func printEvent(w io.Writer, ev *webhook.Event, deliveries []shownDelivery) error {
	var f facts
	f.add("time", "%s", timeText(ev.Time))
	f.add("source", "%s", ev.Source)
	f.addText("provider", ev.Provider)
	f.addText("provider id", ev.ProviderID)
	f.addText("type", ev.Type)
	f.addText("secret", ev.Secret)
	f.addText("candidate", ev.Candidate)
	f.add("covers", "%s", ev.Covers)
	for _, name := range slices.Sorted(maps.Keys(ev.Header)) {
		for _, value := range ev.Header[name] {
			f.add("header", "%s: %s", name, value)
		}
	}
	if ev.Erased.IsZero() {
		f.add("body", "%d bytes", len(ev.Body))
	} else {
		f.add("erased", "%s", timeText(ev.Erased))
	}
	if _, err := fmt.Fprintln(w, ev.ID); err != nil {
		return err
	}
	if err := f.print(w); err != nil {
		return err
	}
	text := "\n"
	if ev.Erased.IsZero() {
		text = "\n" + bodyText(ev.Body) + "\n\n"
	}
	if _, err := io.WriteString(w, text); err != nil {
		return err
	}
	return printDeliveries(w, deliveries)
}

// bodyText is a body as a terminal shows it: JSON with indents, other text as
// it is, and nothing of what is no text.
func bodyText(body []byte) string {
	var indented strings.Builder
	if json.Valid(body) {
		enc := json.NewEncoder(&indented)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(json.RawMessage(body)); err == nil {
			return printable(strings.TrimSpace(indented.String()))
		}
	}
	if !utf8.Valid(body) {
		return "(not text; --body prints the bytes)"
	}
	return printable(string(body))
}

// printable replaces control characters, which could steer a terminal.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && !unicode.IsPrint(r) {
			return '�'
		}
		return r
	}, text)
}
