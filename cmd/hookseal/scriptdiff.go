package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/hookseal/hookseal/engine/script/scripttest"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

func newScriptDiffCommand() *cobra.Command {
	var q store.EventQuery
	var page paging
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Show what a changed transform would make of stored events",
		Long: `Diff hands events of the store to two transforms, and shows those of which they
make something else: lines of the old with -, of the new with +. Nothing is sent
or stored.

Exit status: 0 if all events come out the same, 1 if some do not, 2 if a transform
or the store cannot be read.`,
		Example: `  hookseal script diff scripts/to-crm.js new.js
  hookseal script diff scripts/to-crm.js new.ts --source contracts --limit 1000`,
		Args: positional(2, 2, "OLD or NEW"),
	}
	config, asJSON, settings := configFlag(cmd), jsonFlag(cmd), settingsFlag(cmd)
	cmd.Flags().IntVar(&page.limit, "limit", 100, "compare the newest `N` events")
	cmd.Flags().StringVar(&page.before, "before", "", "compare those before the `ID`")
	cmd.Flags().StringVar(&q.Source, "source", "", "only those of the source `NAME`")
	cmd.Flags().StringVar(&q.Type, "type", "", "only those of the `TYPE`")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := page.check(); err != nil {
			return err
		}
		given, err := settingsOf(*settings)
		if err != nil {
			return err
		}
		c := &comparison{settings: given}
		defer func() { _ = c.close(cmd.Context()) }() // what was read from has nothing to lose
		if err := c.load(cmd.Context(), args[0], args[1]); err != nil {
			return err
		}
		q.Limit, q.Before = page.limit, page.before
		db, _, err := openReader(cmd.Context(), *config)
		if err != nil {
			return err
		}
		defer db.Close()
		events, err := wholeEvents(cmd.Context(), db, q)
		if err != nil {
			return err
		}
		return c.report(cmd.Context(), cmd.OutOrStdout(), events, *asJSON)
	}
	return cmd
}

// eventReader is what of a store is read.
type eventReader interface {
	Event(ctx context.Context, id string) (webhook.Event, error)
	Events(ctx context.Context, q store.EventQuery) ([]webhook.Event, error)
}

// wholeEvents lists events with their bodies, but for those that are removed
// meanwhile.
func wholeEvents(ctx context.Context, db eventReader, q store.EventQuery) ([]webhook.Event, error) {
	listed, err := db.Events(ctx, q)
	if err != nil {
		return nil, err
	}
	var events []webhook.Event
	for _, ev := range listed {
		whole, err := db.Event(ctx, ev.ID)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		events = append(events, whole)
	}
	return events, nil
}

// comparison is that of two transforms.
type comparison struct {
	old, new webhook.Guest
	settings map[string]string
}

func (c *comparison) load(ctx context.Context, old, changed string) (err error) {
	if c.old, err = loadTransform(ctx, old); err != nil {
		return err
	}
	c.new, err = loadTransform(ctx, changed)
	return err
}

func (c *comparison) close(ctx context.Context) error {
	var faults []error
	for _, guest := range []webhook.Guest{c.old, c.new} {
		if guest != nil {
			faults = append(faults, guest.Close(ctx))
		}
	}
	return errors.Join(faults...)
}

// outcome is what a transform makes of an event, as text. The place of a failure
// does not count.
func (c *comparison) outcome(ctx context.Context, guest webhook.Guest, ev *webhook.Event) (string, error) {
	outputs, err := guest.Transform(ctx, ev, webhook.TransformContext{Settings: c.settings})
	if fault, ok := errors.AsType[*webhook.GuestError](err); ok {
		return fmt.Sprintf("(fails) %s: %s\n", fault.Kind, fault.Message), nil
	}
	return scripttest.Show(outputs), err
}

// changedEvent is an event that comes out differently.
type changedEvent struct {
	ID     string `json:"id"`
	Source string `json:"source"`
	Type   string `json:"type,omitempty"`
	Diff   string `json:"diff"`
}

func (c *comparison) report(ctx context.Context, w io.Writer, events []webhook.Event, asJSON bool) error {
	changed := []changedEvent{}
	for i := range events {
		ev := &events[i]
		was, err := c.outcome(ctx, c.old, ev)
		if err != nil {
			return err
		}
		is, err := c.outcome(ctx, c.new, ev)
		if err != nil {
			return err
		}
		if was != is {
			changed = append(changed, changedEvent{ev.ID, ev.Source, ev.Type, scripttest.Diff(was, is)})
		}
	}
	if err := printChanges(w, changed, len(events), asJSON); err != nil {
		return err
	}
	if len(changed) > 0 {
		return &noError{}
	}
	return nil
}

func printChanges(w io.Writer, changed []changedEvent, compared int, asJSON bool) error {
	if asJSON {
		return printJSON(w, map[string]any{"compared": compared, "changed": changed})
	}
	for _, ev := range changed {
		if _, err := fmt.Fprintf(w, "%s  %s  %s\n%s\n", ev.ID, cellText(ev.Source), cellText(ev.Type), indented(ev.Diff, "    ")); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "%d of %d events come out differently\n", len(changed), compared)
	return err
}
