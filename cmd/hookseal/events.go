package main

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

func newEventsCommand() *cobra.Command {
	return group("events", "Look at the events that were accepted, and erase them",
		`An event is a request that was accepted, or what an application published. The
store is read as it is, whether a server runs on it or not.`,
		`  hookseal events list --source contracts
  hookseal events show evt_0199…
  hookseal events erase evt_0199…`,
		newEventsListCommand(), newEventsShowCommand(), newEventsEraseCommand())
}

// shownEvent is an event as JSON.
type shownEvent struct {
	ID         string    `json:"id"`
	Time       time.Time `json:"time"`
	Source     string    `json:"source"`
	Provider   string    `json:"provider,omitempty"`
	ProviderID string    `json:"provider_id,omitempty"`
	Type       string    `json:"type,omitempty"`
	Secret     string    `json:"secret,omitempty"`
	Candidate  string    `json:"candidate,omitempty"`
	Covers     []string  `json:"covers"`
	// Erased is set once the content was removed.
	Erased *time.Time `json:"erased,omitempty"`
}

func showEvent(ev *webhook.Event) shownEvent {
	s := shownEvent{
		ev.ID, ev.Time.UTC(), ev.Source, ev.Provider, ev.ProviderID, ev.Type,
		ev.Secret, ev.Candidate, ev.Covers.Names(), nil,
	}
	if !ev.Erased.IsZero() {
		erased := ev.Erased.UTC()
		s.Erased = &erased
	}
	return s
}

// paging is how much of a list is shown.
type paging struct {
	limit  int
	before string
}

func (p *paging) flags(cmd *cobra.Command, what string) {
	cmd.Flags().IntVar(&p.limit, "limit", 50, "show at most `N` "+what)
	cmd.Flags().StringVar(&p.before, "before", "", "show those before the `ID`, for the next page")
}

func (p *paging) check() error {
	if p.limit < 1 {
		return usage("--limit %d must be at least 1", p.limit)
	}
	return nil
}

// next tells where the next page begins, if there may be one.
func (p *paging) next(w io.Writer, shown int, last string) error {
	if shown < p.limit {
		return nil
	}
	_, err := fmt.Fprintf(w, "There may be more: --before %s\n", last)
	return err
}

func newEventsListCommand() *cobra.Command {
	var q store.EventQuery
	var page paging
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List events, newest first",
		Long:  `List prints the events that the store keeps, newest first.`,
		Example: `  hookseal events list
  hookseal events list --source contracts --type document.signed --limit 10
  hookseal events list --json`,
		Args: positional(0, 0, ""),
	}
	config, asJSON := configFlag(cmd), jsonFlag(cmd)
	page.flags(cmd, "events")
	cmd.Flags().StringVar(&q.Source, "source", "", "only those of the source `NAME`")
	cmd.Flags().StringVar(&q.Type, "type", "", "only those of the `TYPE`")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := page.check(); err != nil {
			return err
		}
		q.Limit, q.Before = page.limit, page.before
		db, _, err := openReader(cmd.Context(), *config)
		if err != nil {
			return err
		}
		defer db.Close()
		events, err := db.Events(cmd.Context(), q)
		if err != nil {
			return err
		}
		if *asJSON {
			shown := []shownEvent{}
			for _, ev := range events {
				shown = append(shown, showEvent(&ev))
			}
			return printJSON(cmd.OutOrStdout(), map[string]any{"events": shown})
		}
		return printEvents(cmd.OutOrStdout(), events, &page)
	}
	return cmd
}

func printEvents(w io.Writer, events []webhook.Event, page *paging) error {
	var rows [][]string
	for _, ev := range events {
		rows = append(rows, []string{timeText(ev.Time), ev.ID, ev.Source, ev.Type, ev.ProviderID})
	}
	if err := printTable(w, []string{"TIME", "ID", "SOURCE", "TYPE", "PROVIDER ID"}, rows); err != nil || len(events) == 0 {
		return err
	}
	return page.next(w, len(events), events[len(events)-1].ID)
}
