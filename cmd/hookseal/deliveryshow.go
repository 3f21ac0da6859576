package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// shownAttempt is an attempt as JSON.
type shownAttempt struct {
	Number     int       `json:"number"`
	At         time.Time `json:"at"`
	DurationMS int64     `json:"duration_ms"`
	Status     int       `json:"status,omitempty"`
	Error      string    `json:"error,omitempty"`
	Response   string    `json:"response,omitempty"`
}

func newDeliveriesShowCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "Show one delivery with its attempts",
		Long: `Show prints a delivery and every attempt that was made of it, with the beginning
of what the endpoint answered. One that is due and waits all the same, since the
running server leaves its endpoint alone, says so.

Exit status: 0 shown, 1 if there is no such delivery, 2 if the store cannot be read.`,
		Example: `  hookseal deliveries show dlv_0199…`,
		Args:    positional(1, 1, "ID"),
	}
	config, asJSON := configFlag(cmd), jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		db, outline, err := openReader(cmd.Context(), *config)
		if err != nil {
			return err
		}
		defer db.Close()
		d, err := db.Delivery(cmd.Context(), args[0])
		if errors.Is(err, store.ErrNotFound) {
			return no("there is no delivery %q", args[0])
		}
		if err != nil {
			return err
		}
		attempts, err := db.Attempts(cmd.Context(), d.ID)
		if err != nil {
			return err
		}
		paused, err := pauses(cmd.Context(), outline)
		if err != nil {
			return err
		}
		shown := showDelivery(&d, paused)
		if *asJSON {
			return printJSON(cmd.OutOrStdout(), struct {
				shownDelivery
				History []shownAttempt `json:"history"`
			}{shown, showAttempts(attempts)})
		}
		return printDelivery(cmd.OutOrStdout(), shown, attempts)
	}
	return cmd
}

func showAttempts(attempts []webhook.Attempt) []shownAttempt {
	shown := []shownAttempt{}
	for _, a := range attempts {
		shown = append(shown, shownAttempt{
			a.Number, a.At.UTC(), a.Duration.Milliseconds(), a.Status, a.Error,
			strings.ToValidUTF8(string(a.Response), "�"),
		})
	}
	return shown
}

func printDelivery(w io.Writer, s shownDelivery, attempts []webhook.Attempt) error {
	var f facts
	f.add("state", "%s", s.State)
	f.add("event", "%s", s.Event)
	f.add("message", "%s", s.Message)
	f.add("subscription", "%s", s.Subscription)
	f.add("endpoint", "%s", s.Endpoint)
	f.addText("transform", s.Transform)
	f.add("created", "%s", timeText(s.Created))
	if s.Due != nil {
		f.add("due", "%s", timeText(*s.Due))
	}
	if s.Paused != nil {
		f.add("waits until", "%s, since its endpoint is paused: %s", timeText(s.Paused.Until), s.Paused.Why)
	}
	f.addText("last error", s.LastError)
	for _, a := range showAttempts(attempts) {
		result := a.Error
		if a.Status != 0 {
			result = fmt.Sprintf("%d %s", a.Status, a.Response)
		}
		f.add(fmt.Sprintf("attempt %d", a.Number), "%s, %d ms: %s", timeText(a.At), a.DurationMS, strings.TrimSpace(result))
	}
	if _, err := fmt.Fprintln(w, s.ID); err != nil {
		return err
	}
	return f.print(w)
}
