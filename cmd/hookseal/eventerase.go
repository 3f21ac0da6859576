package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/hookseal/hookseal/cmd/hookseal/internal/admin"
	"github.com/hookseal/hookseal/engine/configfile"
	"github.com/hookseal/hookseal/engine/store"
)

func newEventsEraseCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "erase ID",
		Short: "Remove what an event says, for good",
		Long: `Erase removes the body of an event, its header fields, its type and the provider's
identifier, what transforms have made of it, and what endpoints have answered. That
it was stays: its ID, source and time, what became of its deliveries, and the key by
which a repeat is recognised. Deliveries that are open are canceled; of an attempt that
is under way nothing is kept.

SQLite writes zeros over what is removed, in the file and in its log. PostgreSQL
keeps the old rows in its files until a VACUUM, and in its WAL. No copies elsewhere
are reached, such as backups. A server that runs is asked to do it.

Exit status: 0 erased, 1 if there is no such event, 2 if the store cannot be changed.`,
		Example: `  hookseal events erase evt_0199…`,
		Args:    positional(1, 1, "ID"),
	}
	config, asJSON := configFlag(cmd), jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		id := args[0]
		err := operate(cmd.Context(), *config, func(op admin.Operator) error { return op.Erase(cmd.Context(), id) })
		switch {
		case errors.Is(err, store.ErrNotFound):
			return no("there is no event %q", id)
		case err != nil:
			return err
		case *asJSON:
			return printJSON(cmd.OutOrStdout(), map[string]string{"event": id, "result": "erased"})
		}
		left := ""
		if outline, err := readConfig(*config, configfile.ReadOutline); err == nil {
			if _, file := outline.Place.File(); !file {
				left = "; PostgreSQL keeps the old rows until a VACUUM, and in its WAL"
			}
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s is erased%s\n", id, left)
		return err
	}
	return cmd
}
