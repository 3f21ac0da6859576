package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/hookseal/hookseal/cmd/hookseal/internal/admin"
	"github.com/hookseal/hookseal/engine/configfile"
)

const defaultConfig = "hookseal.toml"

// configFlag gives a command the flag --config.
func configFlag(cmd *cobra.Command) *string {
	return cmd.Flags().String("config", defaultConfig, "the configuration `FILE`")
}

// errNoConfig says what to do about a missing configuration.
func errNoConfig(path string) error {
	return fmt.Errorf(`there is no configuration at %s.

A small one takes webhooks of Chaindoc at POST /in/contracts and sends them on:

  [source.contracts]
  provider = "chaindoc"
  secret   = "env:CHAINDOC_SECRET"

  [endpoint.crm]
  url    = "https://crm.example/hooks"
  secret = "env:CRM_SECRET"

  [[subscription]]
  source   = "contracts"
  endpoint = "crm"

Write it to %s, or name another file with --config. "hookseal providers list" lists
the providers`, path, path)
}

// readConfig calls read with the path, and explains a file that is not there.
func readConfig[T any](path string, read func(string) (T, error)) (T, error) {
	v, err := read(path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, statErr := os.Stat(path); errors.Is(statErr, fs.ErrNotExist) {
			err = errNoConfig(path)
		}
	}
	return v, err
}

// openReader opens the store that the configuration names for reading, whether
// a server runs or not.
func openReader(ctx context.Context, config string) (configfile.Reader, configfile.Outline, error) {
	outline, err := readConfig(config, configfile.ReadOutline)
	if err != nil {
		return nil, outline, err
	}
	reader, err := outline.Place.OpenReader(ctx)
	if errors.Is(err, fs.ErrNotExist) {
		err = errNoStore(outline)
	}
	return reader, outline, err
}

func errNoStore(outline configfile.Outline) error {
	return fmt.Errorf("there is no store at %s yet: hookseal serve makes it", outline.Data)
}

// operate calls do with the operator of the store that the configuration names:
// the server that runs on it, or the store itself where there is none. A
// database may be changed beside its servers.
func operate(ctx context.Context, config string, do func(admin.Operator) error) error {
	outline, err := readConfig(config, configfile.ReadOutline)
	if err != nil {
		return err
	}
	if file, ok := outline.Place.File(); ok {
		client, err := admin.Dial(ctx, file)
		if err == nil {
			return do(client)
		}
		if !errors.Is(err, admin.ErrNotRunning) {
			return err
		}
	}
	switch exists, err := outline.Place.Exists(ctx); {
	case err != nil:
		return err
	case !exists:
		return errNoStore(outline)
	}
	db, err := outline.Place.Open(ctx, nil)
	if err != nil {
		return err
	}
	local := &admin.Local{Store: db, Endpoints: func() []string { return outline.Endpoints }}
	return errors.Join(do(local), db.Close())
}
