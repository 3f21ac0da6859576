package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/hookseal/hookseal/engine/script/worker"
)

// scriptWorkerName is the command by which the program starts itself to run
// scripts.
const scriptWorkerName = "script-worker"

// newScriptWorkerCommand is for the server alone, and not shown.
func newScriptWorkerCommand() *cobra.Command {
	return &cobra.Command{
		Use:    scriptWorkerName,
		Short:  "Run scripts for the server that started this process",
		Hidden: true,
		Args:   positional(0, 0, ""),
		RunE: func(*cobra.Command, []string) error {
			worker.Main()
			return nil
		},
	}
}

// scriptWorker are the arguments of a worker.
func scriptWorker() []string { return []string{scriptWorkerName} }

// scriptEnv is what of the environment the results of scripts depend on.
func scriptEnv() []string {
	if zone, ok := os.LookupEnv("TZ"); ok {
		return []string{"TZ=" + zone}
	}
	return nil
}
