package main

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/configfile"
	"github.com/hookseal/hookseal/engine/telemetry"
)

func newServeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Receive webhooks and deliver them",
		Long: `Serve receives webhooks at POST /in/SOURCE, stores what it accepts, and delivers it.

  /in/SOURCE[/KEY]  where providers send
  /healthz          200 while events can be stored, 503 otherwise
  /readyz           200 while events should be sent here: 503 also while the intake
                    has stopped (limits.backlog, limits.min_free_disk), and from
                    SIGTERM on
  /metrics          for Prometheus

Let only /in/ be reached from outside: with monitor = "127.0.0.1:9090" the others
are there instead.

SIGTERM and SIGINT end it in order: /readyz says so for limits.shutdown_delay, no
new requests, then no new attempts, then the store; nothing that was acknowledged
is lost. A second signal ends it at once, and loses nothing either.

It follows its files: the configuration, the transforms, the packs of [catalog]
path, the secrets given as file:PATH. A change is live within three seconds, and
on SIGHUP at once (not on Windows). A version with a fault changes nothing: the
one before stays live, and the log says what is wrong. listen, data and some of
limits take a restart, and so does another environment.

Where OTEL_EXPORTER_OTLP_ENDPOINT names a collector, traces go there by OTLP over
HTTP, under the variables of the OpenTelemetry specification. Systemd is told when
the server is ready and when it stops.

The log goes to standard error. Exit status: 0 after a signal, 2 if it could not
start or go on.`,
		Example: `  hookseal serve
  hookseal serve --config /etc/hookseal/hookseal.toml --log-format json`,
		Args: positional(0, 0, ""),
	}
	config := configFlag(cmd)
	format := cmd.Flags().String("log-format", "text", "`FORMAT` of the log: text or json")
	level := cmd.Flags().String("log-level", "info", "least `LEVEL` that is logged: debug, info, warn or error")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		log, err := newLogger(cmd.ErrOrStderr(), *format, *level)
		if err != nil {
			return err
		}
		ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		// A second signal then has its usual effect.
		defer context.AfterFunc(ctx, stop)()
		return serve(ctx, *config, log)
	}
	return cmd
}

// serve runs the server until the context ends.
func serve(ctx context.Context, config string, log *slog.Logger) error {
	metrics := telemetry.New()
	hangup, stop := hangups()
	defer stop()
	spans, err := openTraces(ctx, os.LookupEnv, log)
	if err != nil {
		return err
	}
	defer spans.close(log)
	running, err := readConfig(config, func(path string) (*configfile.Running, error) {
		return configfile.Open(path, configfile.Options{Logger: log, Observer: metrics, Tracer: spans.tracer(), Bundler: bundlerOf(path), ScriptWorker: scriptWorker(), ScriptEnv: scriptEnv()})
	})
	if err != nil {
		return err
	}
	open, err := listen(running, log)
	if err != nil {
		return errors.Join(err, running.Close())
	}
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	public, monitor := handlers(ctx, running, metrics)
	d := daemon{
		running: running, log: log, sockets: open, public: public, monitor: monitor, end: end,
		systemd:  notifier{os.Getenv("NOTIFY_SOCKET")},
		follower: follower{running: running, log: log, hangup: hangup, reloaded: func(err error) { metrics.Reloaded(time.Now(), err) }},
	}
	announce(log, running.Current(), open.public.Addr())
	collectLessOften()
	err = errors.Join(d.run(ctx), running.Close())
	log.Info("stopped")
	return err
}

// announce logs what an operator wants to see at a start.
func announce(log *slog.Logger, c *configfile.Config, addr net.Addr) {
	for _, text := range c.Warnings {
		log.Warn(text)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Engine.Sources)) {
		log.Info("source", "name", name, "provider", c.Engine.Sources[name].Provider, "path", "/in/"+name)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Engine.Endpoints)) {
		log.Info("endpoint", "name", name)
	}
	log.Info("listening", "address", addr.String(), "store", c.Data, "version", engine.Version)
}

// daemon is the server's goroutines.
type daemon struct {
	running *configfile.Running
	log     *slog.Logger
	sockets sockets
	// public and monitor answer at the sockets of these names.
	public, monitor http.Handler
	follower        follower
	systemd         notifier
	// end ends the context of run, so that all learn of it.
	end context.CancelCauseFunc
}

// run serves until the context ends or a part fails, and returns when every
// goroutine has ended: the intake first, then the other sockets and the dispatcher.
func (d *daemon) run(ctx context.Context) error {
	inner, stopInner := context.WithCancel(context.WithoutCancel(ctx))
	defer stopInner()

	var parts sync.WaitGroup
	faults := make(chan error, 3)
	parts.Go(func() { d.follower.run(ctx) })
	start := func(part func(context.Context) error) {
		parts.Go(func() {
			err := part(inner)
			faults <- err
			if err != nil {
				d.end(err)
			}
		})
	}
	start(d.running.Engine.Run)
	start(d.serveOperators)
	start(d.serveMonitor)
	d.tell(notifyReady)
	defer context.AfterFunc(ctx, func() { d.tell(notifyStopping) })()

	err := serveHTTP(ctx, d.sockets.public, d.public, d.running.Current().Server, d.running, d.log)
	d.log.Info("stopping", "because", context.Cause(ctx))
	stopInner()
	parts.Wait()
	close(faults)
	for fault := range faults {
		err = errors.Join(err, fault)
	}
	return err
}

// tell tells systemd. The server does without it.
func (d *daemon) tell(state string) {
	if err := d.systemd.tell(state); err != nil {
		d.log.Warn("systemd is not told", "error", err)
	}
}
