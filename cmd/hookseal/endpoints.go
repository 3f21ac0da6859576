package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/hookseal/hookseal/cmd/hookseal/internal/admin"
	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/configfile"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

func newEndpointsCommand() *cobra.Command {
	return group("endpoints", "Look at endpoints, disable and enable them",
		`An endpoint is disabled by its failures, by answering 410, or by hand. Its
deliveries are then held, and go on in their order when it is enabled.`,
		`  hookseal endpoints list
  hookseal endpoints enable crm`,
		newEndpointsListCommand(),
		newEndpointsTestCommand(),
		newSetDisabledCommand("enable", "Enable an endpoint, and let its held deliveries go on", false),
		newSetDisabledCommand("disable", "Disable an endpoint, and hold its deliveries", true))
}

// shownEndpoint is an endpoint as JSON.
type shownEndpoint struct {
	Name     string     `json:"name"`
	Disabled bool       `json:"disabled"`
	Why      string     `json:"why,omitempty"`
	Since    *time.Time `json:"since,omitempty"`
	Failures int        `json:"failures"`
	// FailingSince is when the first attempt failed since the last success.
	FailingSince *time.Time `json:"failing_since,omitempty"`
	// Paused is set while the running server leaves the endpoint alone.
	Paused *engine.EndpointPause `json:"paused,omitempty"`
	// Configured is false for one that only the store knows.
	Configured bool `json:"configured"`
}

func showEndpoint(h webhook.Health, configured bool) shownEndpoint {
	s := shownEndpoint{Name: h.Endpoint, Disabled: h.Disabled, Why: h.Why, Failures: h.Failures, Configured: configured}
	s.Since, s.FailingSince = moment(h.Since), moment(h.FailingSince)
	return s
}

// moment returns a time in UTC, nil for none.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func newEndpointsListCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the endpoints and their state",
		Long: `List prints every endpoint that is configured or that the store has heard of.
FAILURES are those in a row that disable_after counts: exhausted deliveries, or
attempts where it says so. FAILING SINCE is the first failed attempt without a
success after it. An endpoint that the running server leaves alone for now, since
it does not answer or asked for less, is paused. The servers that share a database
are not asked.`,
		Example: `  hookseal endpoints list`,
		Args:    positional(0, 0, ""),
	}
	config, asJSON := configFlag(cmd), jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		db, outline, err := openReader(cmd.Context(), *config)
		if err != nil {
			return err
		}
		defer db.Close()
		list, err := listEndpoints(cmd.Context(), db, outline)
		if err != nil {
			return err
		}
		paused, err := pauses(cmd.Context(), outline)
		if err != nil {
			return err
		}
		for i := range list {
			if p, ok := paused[list[i].Name]; ok && !list[i].Disabled {
				list[i].Paused = &p
			}
		}
		if *asJSON {
			return printJSON(cmd.OutOrStdout(), map[string]any{"endpoints": list})
		}
		return printEndpoints(cmd.OutOrStdout(), list)
	}
	return cmd
}

func listEndpoints(ctx context.Context, db configfile.Reader, outline configfile.Outline) ([]shownEndpoint, error) {
	health, err := db.Health(ctx)
	if err != nil {
		return nil, err
	}
	list := []shownEndpoint{}
	for _, name := range outline.Endpoints {
		i := slices.IndexFunc(health, func(h webhook.Health) bool { return h.Endpoint == name })
		if i < 0 {
			list = append(list, showEndpoint(webhook.Health{Endpoint: name}, true))
			continue
		}
		list = append(list, showEndpoint(health[i], true))
	}
	for _, h := range health {
		if !slices.Contains(outline.Endpoints, h.Endpoint) {
			list = append(list, showEndpoint(h, false))
		}
	}
	return list, nil
}

// pauses asks the server that has the store's file open which endpoints it leaves
// alone, by their names. Without one there are none.
func pauses(ctx context.Context, outline configfile.Outline) (map[string]engine.EndpointPause, error) {
	file, ok := outline.Place.File()
	if !ok {
		return nil, nil
	}
	server, err := admin.Dial(ctx, file)
	if errors.Is(err, admin.ErrNotRunning) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return server.Pauses(ctx)
}

func printEndpoints(w io.Writer, list []shownEndpoint) error {
	var rows [][]string
	for _, e := range list {
		state, since, failing, why := "enabled", "", "", e.Why
		switch {
		case e.Disabled:
			state = "disabled"
		case e.Paused != nil:
			state, why = "paused until "+timeText(e.Paused.Until), e.Paused.Why
		}
		if !e.Configured {
			state += ", not configured"
		}
		if e.Since != nil {
			since = timeText(*e.Since)
		}
		if e.FailingSince != nil {
			failing = timeText(*e.FailingSince)
		}
		rows = append(rows, []string{e.Name, state, since, strconv.Itoa(e.Failures), failing, why})
	}
	return printTable(w, []string{"NAME", "STATE", "SINCE", "FAILURES", "FAILING SINCE", "WHY"}, rows)
}

func newSetDisabledCommand(verb, short string, disabled bool) *cobra.Command {
	cmd := &cobra.Command{
		Use:   verb + " NAME",
		Short: short,
		Long: short + `.

A server that runs is asked to do it; without one the store is changed.

Exit status: 0 done, 1 if no endpoint has the name, 2 if the store cannot be changed.`,
		Example: "  hookseal endpoints " + verb + " crm",
		Args:    positional(1, 1, "NAME"),
	}
	config, asJSON := configFlag(cmd), jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		var h webhook.Health
		err := operate(cmd.Context(), *config, func(op admin.Operator) (err error) {
			h, err = op.SetDisabled(cmd.Context(), args[0], disabled)
			return err
		})
		switch {
		case errors.Is(err, store.ErrNotFound):
			return &noError{err}
		case err != nil:
			return err
		case *asJSON:
			return printJSON(cmd.OutOrStdout(), showEndpoint(h, true))
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s is %sd\n", args[0], verb)
		return err
	}
	return cmd
}
