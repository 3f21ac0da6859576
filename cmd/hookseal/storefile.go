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
	"github.com/hookseal/hookseal/engine/store/sqlite"
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
func openReader(config string) (*sqlite.Reader, configfile.Outline, error) {
	outline, err := readConfig(config, configfile.ReadOutline)
	if err != nil {
		return nil, outline, err
	}
	reader, err := sqlite.OpenReader(outline.Data)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("there is no store at %s yet: hookseal serve makes it", outline.Data)
	}
	return reader, outline, err
}

// operate calls do with the operator of the store that the configuration names:
// the server that runs on it, or the store itself where there is none.
func operate(ctx context.Context, config string, do func(admin.Operator) error) error {
	outline, err := readConfig(config, configfile.ReadOutline)
	if err != nil {
		return err
	}
	client, err := admin.Dial(ctx, outline.Data)
	if err == nil {
		return do(client)
	}
	if !errors.Is(err, admin.ErrNotRunning) {
		return err
	}
	if _, err := os.Stat(outline.Data); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no store at %s yet: hookseal serve makes it", outline.Data)
	}
	db, err := sqlite.Open(outline.Data, sqlite.Options{})
	if err != nil {
		return err
	}
	return errors.Join(do(&admin.Local{Store: db, Endpoints: outline.Endpoints}), db.Close())
}
