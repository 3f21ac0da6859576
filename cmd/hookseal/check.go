package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/hookseal/hookseal/engine/configfile"
	"github.com/hookseal/hookseal/engine/tomlfile"
)

func newCheckCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Check the configuration, and report every fault at once",
		Long: `Check reads the configuration as serve does: what it says, the secrets and scripts
that it names, and whether an engine opens with it. A PostgreSQL database is
connected to. Nothing is written, and a server that runs is not disturbed.

Exit status: 0 it is good, 1 it has faults, 2 it could not be read.`,
		Example: `  hookseal check
  hookseal check --config /etc/hookseal/hookseal.toml --json`,
		Args: positional(0, 0, ""),
	}
	config, asJSON := configFlag(cmd), jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, err := readConfig(*config, func(path string) (*configfile.Config, error) { return checkConfig(cmd.Context(), path) })
		faults, faulty := errors.AsType[tomlfile.Faults](err)
		if err != nil && !faulty {
			return err
		}
		r := newCheckReport(*config, c, faults)
		if *asJSON {
			err = printJSON(cmd.OutOrStdout(), r)
		} else {
			err = r.print(cmd.OutOrStdout())
		}
		if err == nil && faulty {
			err = &noError{}
		}
		return err
	}
	return cmd
}

// checkConfig loads the configuration, and connects to the database that it names.
func checkConfig(ctx context.Context, path string) (*configfile.Config, error) {
	c, err := configfile.Load(path, configfile.Options{Bundler: bundlerOf(path), ScriptWorker: scriptWorker(), ScriptEnv: scriptEnv()})
	if err != nil {
		return nil, err
	}
	if err := c.Place.Check(ctx); err != nil {
		return nil, tomlfile.Join(c.Fault("data", "%s", err))
	}
	return c, nil
}

// checkReport is what is known of a configuration.
type checkReport struct {
	File          string       `json:"file"`
	Good          bool         `json:"good"`
	Faults        []shownFault `json:"faults"`
	Warnings      []string     `json:"warnings"`
	Sources       int          `json:"sources,omitempty"`
	Endpoints     int          `json:"endpoints,omitempty"`
	Subscriptions int          `json:"subscriptions,omitempty"`
}

type shownFault struct {
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Key     string `json:"key,omitempty"`
	Message string `json:"message"`
	text    string
}

func newCheckReport(path string, c *configfile.Config, faults tomlfile.Faults) checkReport {
	r := checkReport{File: path, Good: c != nil, Faults: []shownFault{}, Warnings: []string{}}
	for _, f := range faults {
		r.Faults = append(r.Faults, shownFault{f.Line, f.Column, f.Key, f.Message, f.Error()})
	}
	if c != nil {
		r.Warnings = append(r.Warnings, c.Warnings...)
		r.Sources, r.Endpoints, r.Subscriptions = len(c.Engine.Sources), len(c.Engine.Endpoints), len(c.Engine.Subscriptions)
	}
	return r
}

func (r *checkReport) print(w io.Writer) error {
	for _, f := range r.Faults {
		if _, err := fmt.Fprintln(w, f.text); err != nil {
			return err
		}
	}
	for _, text := range r.Warnings {
		if _, err := fmt.Fprintf(w, "warning: %s\n", text); err != nil {
			return err
		}
	}
	if !r.Good {
		_, err := fmt.Fprintf(w, "%s: %s\n", r.File, plural(len(r.Faults), "fault"))
		return err
	}
	_, err := fmt.Fprintf(w, "%s is good: %s, %s, %s\n", r.File,
		plural(r.Sources, "source"), plural(r.Endpoints, "endpoint"), plural(r.Subscriptions, "subscription"))
	return err
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
