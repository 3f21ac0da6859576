package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/hookseal/hookseal/cmd/hookseal/internal/bench"
)

func newBenchCommand() *cobra.Command {
	opt := bench.Options{Limits: true}
	var size string
	var bare bool
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure how fast this machine receives, stores and delivers",
		Long: `Run serve as another process, post signed webhooks to it, take the deliveries in,
and report events per second, latencies, processor time and memory.

Each event is committed before its 202 and goes to one of the endpoints. The load
and the sink share the machine with what is measured. A backlog is deliveries that
are due beside it, to ten endpoints that take them and never answer.

For PostgreSQL a private server is started from the binaries of the system, unless
--dsn names an empty database. Only of a private one is the processor time known.
Everything is kept in a folder that is removed in the end.`,
		Example: `  hookseal bench
  hookseal bench --store postgres --size 64KB --endpoints 50
  hookseal bench --backlog 1000000 --json`,
		Args: positional(0, 0, ""),
	}
	f := cmd.Flags()
	f.StringVar(&opt.Store, "store", "sqlite", "`STORE` to measure: sqlite or postgres")
	f.StringVar(&opt.DSN, "dsn", "", "`URL` of an empty database, instead of a private server")
	f.StringVar(&size, "size", "1KB", "`SIZE` of each body: bytes, KB or MB")
	f.IntVar(&opt.Endpoints, "endpoints", 1, "`NUMBER` of endpoints that take turns")
	f.IntVar(&opt.Backlog, "backlog", 0, "`NUMBER` of deliveries that are due beside")
	f.IntVar(&opt.Connections, "connections", 64, "`NUMBER` of connections that webhooks come over")
	f.DurationVar(&opt.Duration, "duration", 10*time.Second, "how `LONG` webhooks are posted")
	f.StringVar(&opt.Dir, "dir", "", "`FOLDER` for the store; the system's for temporary files otherwise")
	f.BoolVar(&bare, "no-limits", false, "leave out what the machine allows to one who stores nothing")
	asJSON := jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		if opt.Size, err = sizeOf(size); err != nil {
			return err
		}
		opt.Limits = !bare
		if err := opt.Check(); err != nil {
			return usage("%w", err)
		}
		return runBench(cmd, opt, *asJSON)
	}
	return cmd
}

func runBench(cmd *cobra.Command, opt bench.Options, asJSON bool) (err error) {
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second signal then has its usual effect.
	defer context.AfterFunc(ctx, stop)()
	if opt.Executable, err = os.Executable(); err != nil {
		return err
	}
	opt.Progress = func(text string) { fmt.Fprintln(cmd.ErrOrStderr(), text) }
	report, err := bench.Run(ctx, opt)
	switch {
	case err != nil:
		return err
	case asJSON:
		return printJSON(cmd.OutOrStdout(), report)
	}
	return report.Print(cmd.OutOrStdout())
}

// sizeOf reads a number of bytes; KB and MB are the powers of 1024.
func sizeOf(text string) (int, error) {
	digits, unit := strings.TrimRight(text, "KMB"), 1
	switch text[len(digits):] {
	case "", "B":
	case "KB":
		unit = 1 << 10
	case "MB":
		unit = 1 << 20
	default:
		digits = ""
	}
	n, err := strconv.Atoi(digits)
	if err != nil || n < 0 || n > 1<<30/unit {
		return 0, usage("--size %q must be a number of bytes, or end in KB or MB", text)
	}
	return n * unit, nil
}
