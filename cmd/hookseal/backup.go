package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/hookseal/hookseal/engine/configfile"
)

func newBackupCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "backup FILE",
		Short: "Write a copy of the store, while the server runs",
		Long: `Backup writes everything that the store has committed into FILE, whether a server
runs on it or not. The copy is checked and synced before it has its name, readable
by its owner alone, and never replaces a file.

To restore, stop the server, remove the store with its -wal and -shm, and put a copy
of FILE in its place. What was delivered after the backup is then delivered again,
under the same webhook-id.

A PostgreSQL database is backed up by its own tools; the message says how.

Exit status: 0 written, 2 if it could not be.`,
		Example: `  hookseal backup /backup/hookseal-$(date +%F).db`,
		Args:    positional(1, 1, "FILE"),
	}
	config, asJSON := configFlag(cmd), jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		outline, err := readConfig(*config, configfile.ReadOutline)
		if err != nil {
			return err
		}
		// What is half written is removed before the command ends.
		ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		err = outline.Place.Backup(ctx, args[0])
		switch {
		case errors.Is(err, fs.ErrExist):
			return fmt.Errorf("%s exists already, and a backup replaces nothing", args[0])
		case errors.Is(err, fs.ErrNotExist):
			if exists, statErr := outline.Place.Exists(ctx); statErr == nil && !exists {
				return errNoStore(outline)
			}
			return err
		case err != nil:
			return err
		}
		info, err := os.Stat(args[0])
		if err != nil {
			return err
		}
		if *asJSON {
			return printJSON(cmd.OutOrStdout(), map[string]any{"file": args[0], "bytes": info.Size()})
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s holds all that was stored, %d bytes\n", args[0], info.Size())
		return err
	}
	return cmd
}
