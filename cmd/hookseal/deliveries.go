package main

import (
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

func newDeliveriesCommand() *cobra.Command {
	return group("deliveries", "Look at deliveries, and make them due again",
		`A delivery is one event owed to one endpoint:

  pending    due at its time
  running    being attempted
  held       waits since its endpoint is disabled; see hookseal endpoints
  delivered  the endpoint answered 2xx
  dropped    its transform decided that there is nothing to send
  failed     its transform went wrong
  exhausted  every attempt failed
  canceled   given up by an operator`,
		`  hookseal deliveries list --state exhausted
  hookseal deliveries show dlv_0199…
  hookseal deliveries redeliver dlv_0199…`,
		newDeliveriesListCommand(), newDeliveriesShowCommand(), newRedeliverCommand())
}

// shownDelivery is a delivery as JSON.
type shownDelivery struct {
	ID           string                `json:"id"`
	State        webhook.DeliveryState `json:"state"`
	Event        string                `json:"event"`
	Message      string                `json:"message"`
	Subscription string                `json:"subscription"`
	Endpoint     string                `json:"endpoint"`
	Transform    string                `json:"transform,omitempty"`
	Attempts     int                   `json:"attempts"`
	Created      time.Time             `json:"created"`
	// Due is set while an attempt is to come.
	Due *time.Time `json:"due,omitempty"`
	// Paused is set where it is not made before, since the running server leaves the
	// endpoint alone.
	Paused    *engine.EndpointPause `json:"paused,omitempty"`
	LastError string                `json:"last_error,omitempty"`
}

// showDelivery shows a delivery beside the endpoints that are paused.
func showDelivery(d *webhook.Delivery, paused map[string]engine.EndpointPause) shownDelivery {
	s := shownDelivery{
		ID: d.ID, State: d.State, Event: d.EventID, Message: d.MessageID, Subscription: d.Subscription,
		Endpoint: d.Endpoint, Transform: d.Transform, Attempts: d.Attempts, Created: d.Created.UTC(), LastError: d.LastError,
	}
	if d.State == webhook.Pending {
		due := d.Due.UTC()
		s.Due = &due
		if p, ok := paused[s.Endpoint]; ok && due.Before(p.Until) {
			s.Paused = &p
		}
	}
	return s
}

func showDeliveries(list []webhook.Delivery, paused map[string]engine.EndpointPause) []shownDelivery {
	shown := []shownDelivery{}
	for _, d := range list {
		shown = append(shown, showDelivery(&d, paused))
	}
	return shown
}

func deliveryStates() []string {
	return []string{
		string(webhook.Pending), string(webhook.Running), string(webhook.Held), string(webhook.Delivered),
		string(webhook.Dropped), string(webhook.Failed), string(webhook.Exhausted), string(webhook.Canceled),
	}
}

func newDeliveriesListCommand() *cobra.Command {
	var q store.DeliveryQuery
	var page paging
	var state string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List deliveries, newest first",
		Long: `List prints the deliveries that the store keeps, newest first. One that is due and
waits all the same, since the running server leaves its endpoint alone, is paused;
show says why. The servers that share a database are not asked.`,
		Example: `  hookseal deliveries list
  hookseal deliveries list --endpoint crm --state held
  hookseal deliveries list --event evt_0199… --json`,
		Args: positional(0, 0, ""),
	}
	config, asJSON := configFlag(cmd), jsonFlag(cmd)
	page.flags(cmd, "deliveries")
	cmd.Flags().StringVar(&q.Endpoint, "endpoint", "", "only those to the endpoint `NAME`")
	cmd.Flags().StringVar(&q.Event, "event", "", "only those of the event `ID`")
	cmd.Flags().StringVar(&state, "state", "", "only those in the `STATE`: "+strings.Join(deliveryStates(), ", "))
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := page.check(); err != nil {
			return err
		}
		if state != "" && !slices.Contains(deliveryStates(), state) {
			return usage("--state %q must be one of %s", state, strings.Join(deliveryStates(), ", "))
		}
		q.Limit, q.Before, q.State = page.limit, page.before, webhook.DeliveryState(state)
		db, outline, err := openReader(cmd.Context(), *config)
		if err != nil {
			return err
		}
		defer db.Close()
		list, err := db.Deliveries(cmd.Context(), q)
		if err != nil {
			return err
		}
		paused, err := pauses(cmd.Context(), outline)
		if err != nil {
			return err
		}
		shown := showDeliveries(list, paused)
		if *asJSON {
			return printJSON(cmd.OutOrStdout(), map[string]any{"deliveries": shown})
		}
		if err := printDeliveries(cmd.OutOrStdout(), shown); err != nil || len(list) == 0 {
			return err
		}
		return page.next(cmd.OutOrStdout(), len(list), list[len(list)-1].ID)
	}
	return cmd
}

func printDeliveries(w io.Writer, list []shownDelivery) error {
	var rows [][]string
	for _, s := range list {
		due := ""
		switch {
		case s.Paused != nil:
			due = "paused until " + timeText(s.Paused.Until)
		case s.Due != nil:
			due = timeText(*s.Due)
		}
		rows = append(rows, []string{s.ID, string(s.State), s.Endpoint, strconv.Itoa(s.Attempts), due, s.Event, s.LastError})
	}
	return printTable(w, []string{"ID", "STATE", "ENDPOINT", "ATTEMPTS", "DUE", "EVENT", "LAST ERROR"}, rows)
}
