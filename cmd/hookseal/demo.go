package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/hookseal/hookseal/cmd/hookseal/internal/demo"
)

func newDemoCommand() *cobra.Command {
	var opt demo.Options
	var asJSON *bool
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "See the main job done: webhooks in, verified, transformed, delivered",
		Long: `Run the real engine on loopback ports for a few seconds, and look at it work.

A sender for each of six providers posts signed webhooks over HTTP, and among
them forged, stale, malformed and repeated ones. What is accepted goes through a
JavaScript and a WebAssembly transform to endpoints that check its signature
themselves. One endpoint fails twice before it recovers, one stays dead.

Nothing has to be set up, and nothing is left behind. The exit status is 0 if
all came out as it should, 1 if not, and 2 if the demo could not run.`,
		Example: `  hookseal demo
  hookseal demo --keep     # then send webhooks of your own with curl
  hookseal demo --json | jq '.expectations[] | select(.held | not)'`,
		Args: positional(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			opt.JSON = *asJSON
			if opt.JSON && opt.Keep {
				return usage("--keep prints lines to try, and --json the result alone: leave out one")
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			// A second signal then has its usual effect.
			defer context.AfterFunc(ctx, stop)()
			return runDemo(ctx, cmd, opt)
		},
	}
	asJSON = jsonFlag(cmd)
	cmd.Flags().BoolVar(&opt.Keep, "keep", false, "leave it running, and print curl lines to try")
	return cmd
}

func runDemo(ctx context.Context, cmd *cobra.Command, opt demo.Options) error {
	opt.Out = cmd.OutOrStdout()
	if file, ok := opt.Out.(*os.File); ok && term.IsTerminal(int(file.Fd())) && os.Getenv("TERM") != "dumb" {
		width, height, err := term.GetSize(int(file.Fd()))
		opt.Live = err == nil && height > demo.LiveHeight && width >= demo.LiveWidth
		opt.Color = os.Getenv("NO_COLOR") == ""
		opt.Width = width
	}
	result, err := demo.Run(ctx, opt)
	switch {
	case err != nil:
		return err
	case !result.OK:
		// The summary has said what differed.
		return &noError{}
	}
	return nil
}
