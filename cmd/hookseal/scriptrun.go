package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/hookseal/hookseal/engine/script/scripttest"
	"github.com/hookseal/hookseal/engine/webhook"
)

func newScriptRunCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run FILE",
		Short: "Run a transform on one event",
		Long: `Run hands one event to a transform and prints what comes out. The event is given
as JSON, as "hookseal events show ID --json" prints it, or by its body alone. What
the transform writes to the console goes to standard error.

Exit status: 0 if messages come out or the event is dropped, 1 if the transform
fails, 2 if it or the event cannot be read.`,
		Example: `  hookseal events show evt_0199… --json | hookseal script run scripts/to-crm.js --event -
  hookseal script run scripts/to-crm.ts --body event.json --type document.signed`,
		Args: positional(1, 1, "FILE"),
	}
	var in eventInput
	f := cmd.Flags()
	f.StringVar(&in.event, "event", "", "the `FILE` of the event as JSON, - for standard input")
	f.StringVar(&in.body, "body", "", "the `FILE` of the event's body, - for standard input")
	f.StringVar(&in.eventType, "type", "", "the event's `TYPE`, beside --body")
	f.StringVar(&in.source, "source", "local", "the event's source, by `NAME`, beside --body")
	f.StringVar(&in.contentType, "content-type", "", "the event's media `TYPE`, beside --body (default by the body)")
	asJSON, settings := jsonFlag(cmd), settingsFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		ev, err := in.read(cmd.InOrStdin())
		if err != nil {
			return err
		}
		given, err := settingsOf(*settings)
		if err != nil {
			return err
		}
		guest, err := loadTransform(cmd.Context(), args[0])
		if fault, ok := errors.AsType[*webhook.GuestError](err); ok {
			return &noError{fault}
		}
		if err != nil {
			return err
		}
		outputs, err := guest.Transform(cmd.Context(), ev, webhook.TransformContext{
			Subscription: "local", Endpoint: "local", Settings: given,
			Log: func(level, line string) { fmt.Fprintf(cmd.ErrOrStderr(), "%s: %s\n", level, printable(line)) },
		})
		if err = errors.Join(err, guest.Close(context.WithoutCancel(cmd.Context()))); err != nil {
			return &noError{err}
		}
		if *asJSON {
			return printJSON(cmd.OutOrStdout(), map[string]any{"outputs": shownOutputs(outputs)})
		}
		_, err = io.WriteString(cmd.OutOrStdout(), scripttest.Show(outputs))
		return err
	}
	return cmd
}

// eventInput is the event that a command line gives.
type eventInput struct{ event, body, eventType, source, contentType string }

func (in *eventInput) read(stdin io.Reader) (*webhook.Event, error) {
	switch {
	case in.event == "" && in.body == "":
		return nil, usage("--event FILE or --body FILE is missing")
	case in.event != "" && in.body != "":
		return nil, usage("--event and --body exclude each other")
	}
	name := cmp.Or(in.event, in.body)
	raw, err := readFile(stdin, name)
	if err != nil {
		return nil, err
	}
	if in.event != "" {
		return readEvent(name, raw)
	}
	standard := "application/octet-stream"
	if json.Valid(raw) {
		standard = "application/json"
	}
	return &webhook.Event{
		ID: "evt_local", Source: in.source, Type: in.eventType, Time: time.Now(), Body: raw,
		Header: http.Header{"Content-Type": {cmp.Or(in.contentType, standard)}},
	}, nil
}

func readFile(stdin io.Reader, name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(stdin)
	}
	return os.ReadFile(name)
}

// readEvent reads an event as events show --json prints it.
func readEvent(name string, raw []byte) (*webhook.Event, error) {
	var file struct {
		eventDetail
		Body       *string `json:"body"`
		BodyBase64 *[]byte `json:"body_base64"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	ev := &webhook.Event{
		ID: file.ID, Time: file.Time, Source: file.Source, Provider: file.Provider, ProviderID: file.ProviderID,
		Type: file.Type, Header: file.Header,
	}
	switch {
	case file.ID == "" || file.Body != nil && file.BodyBase64 != nil:
		return nil, fmt.Errorf("%s is no event as \"hookseal events show ID --json\" prints it; for a body use --body", name)
	case file.Body != nil:
		ev.Body = []byte(*file.Body)
	case file.BodyBase64 != nil:
		ev.Body = *file.BodyBase64
	}
	return ev, nil
}

// shownOutput is an output as JSON.
type shownOutput struct {
	Type        string      `json:"type,omitempty"`
	ContentType string      `json:"content_type"`
	Header      http.Header `json:"header,omitempty"`
	Body        *string     `json:"body,omitempty"`
	BodyBase64  []byte      `json:"body_base64,omitempty"`
}

func shownOutputs(outputs []webhook.Output) []shownOutput {
	shown := []shownOutput{}
	for _, out := range outputs {
		s := shownOutput{Type: out.Type, ContentType: out.ContentType, Header: out.Header}
		if utf8.Valid(out.Body) {
			text := string(out.Body)
			s.Body = &text
		} else {
			s.BodyBase64 = bytes.Clone(out.Body)
		}
		shown = append(shown, s)
	}
	return shown
}
