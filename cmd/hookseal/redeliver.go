package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/hookseal/hookseal/cmd/hookseal/internal/admin"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

func newRedeliverCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "redeliver ID",
		Short: "Make a delivery due now, with a fresh allowance of attempts",
		Long: `Redeliver makes a delivery that came to its end due now. The endpoint sees the same
webhook-id and the same bytes, so a receiver that deduplicates ignores what it has;
a delivery whose transform failed is transformed anew.

A server that runs is asked to do it; without one the store is changed, and the
delivery is made when a server starts.

A delivery whose endpoint is disabled is held until that is enabled.

Exit status: 0 due or held, 1 if there is no such delivery, it has not ended or its event
was erased, 2 if the store cannot be changed.`,
		Example: `  hookseal deliveries redeliver dlv_0199…`,
		Args:    positional(1, 1, "ID"),
	}
	config, asJSON := configFlag(cmd), jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		id := args[0]
		err := operate(cmd.Context(), *config, func(op admin.Operator) error { return op.Redeliver(cmd.Context(), id) })
		switch {
		case errors.Is(err, store.ErrNotFound):
			return no("there is no delivery %q", id)
		case errors.Is(err, store.ErrNotFinal):
			return no("delivery %s has not ended: hookseal deliveries show %s says where it stands", id, id)
		case errors.Is(err, store.ErrErased):
			return no("delivery %s has nothing left to send: the content of its event was removed", id)
		case err != nil:
			return err
		}
		return printRedelivered(cmd, *config, id, *asJSON)
	}
	return cmd
}

// printRedelivered says whether a delivery is due, or held since its endpoint is
// disabled.
func printRedelivered(cmd *cobra.Command, config, id string, asJSON bool) error {
	db, _, err := openReader(cmd.Context(), config)
	if err != nil {
		return err
	}
	defer db.Close()
	d, err := db.Delivery(cmd.Context(), id)
	if err != nil {
		return err
	}
	result, text := "due", "is due now"
	if d.State == webhook.Held {
		result, text = "held", fmt.Sprintf("is held: its endpoint is disabled; hookseal endpoints enable %s lets it go on", d.Endpoint)
	}
	if asJSON {
		return printJSON(cmd.OutOrStdout(), map[string]string{"delivery": id, "result": result})
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s %s\n", id, text)
	return err
}
