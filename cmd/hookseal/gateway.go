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
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/configfile"
	"github.com/hookseal/hookseal/engine/connect/gateway"
	"github.com/hookseal/hookseal/engine/tomlfile"
)

// passing is what the gateway command is told.
type passing struct {
	config, listen, source string
	to                     gateway.Config
}

func newGatewayCommand() *cobra.Command {
	var p passing
	cmd := &cobra.Command{
		Use:   "gateway --source NAME --to URL [flags]",
		Short: "Verify webhooks before an application that cannot be changed",
		Long: `Gateway stands before an application. Each request, whatever its path, is judged
by the source NAME of the configuration: one that it accepts is passed on at once
as it came, and its sender gets the application's answer; one that it refuses
never reaches the application.

  /healthz  200 while the store works, 503 otherwise (GET and HEAD)

The application gets the verdict in Hookseal-Verdict, and the sender's address in
X-Forwarded-For; what a sender writes into them is removed. It should be reached
by no other way.

What the application has answered 2xx is kept in the store, and a repeat of it is
acknowledged without the application. It is kept as an event without deliveries:
see hookseal events list. A store serves one process, so that a gateway beside
hookseal serve needs a configuration with another.

An application that cannot be reached is answered 502, one that does not begin to
answer in time 504; nothing is kept then, and the sender's next try is passed on.
The URL may be a private address.

It follows its files as hookseal serve does; trusted_proxies takes a restart too,
and so does another name of the source.

The log goes to standard error. SIGTERM and SIGINT let open requests end. Exit
status: 0 after a signal, 2 if it could not start or go on.`,
		Example: `  hookseal gateway --source contracts --to http://127.0.0.1:3000
  hookseal gateway --config /etc/hookseal/hookseal.toml --listen :8443 \
      --source contracts --to https://app.internal --host app.example --timeout 10s`,
		Args: positional(0, 0, ""),
	}
	f := cmd.Flags()
	f.StringVar(&p.config, "config", defaultConfig, "the configuration `FILE`")
	f.StringVar(&p.listen, "listen", "", "the `ADDRESS` to listen on (default that of the configuration)")
	f.StringVar(&p.source, "source", "", "the `NAME` of the source that judges")
	f.StringVar(&p.to.Upstream, "to", "", "the `URL` of the application: scheme and host, without a path")
	f.StringVar(&p.to.Host, "host", "", "the `HOST` that the application is called by (default what the sender called)")
	f.DurationVar(&p.to.Timeout, "timeout", 30*time.Second, "how long the application may take to begin its answer, as `DURATION`")
	format := f.String("log-format", "text", "`FORMAT` of the log: text or json")
	level := f.String("log-level", "info", "least `LEVEL` that is logged: debug, info, warn or error")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		log, err := newLogger(cmd.ErrOrStderr(), *format, *level)
		if err != nil {
			return err
		}
		if err := p.check(); err != nil {
			return err
		}
		ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		// A second signal then has its usual effect.
		defer context.AfterFunc(ctx, stop)()
		return p.run(ctx, log)
	}
	return cmd
}

func (p *passing) check() error {
	switch {
	case p.source == "":
		return usage("--source NAME is missing")
	case p.to.Upstream == "":
		return usage("--to URL is missing")
	case p.to.Timeout <= 0:
		return usage("--timeout %v must be more than nothing", p.to.Timeout)
	}
	return nil
}

// run passes on until the context ends.
func (p *passing) run(ctx context.Context, log *slog.Logger) error {
	hangup, stop := hangups()
	defer stop()
	running, err := readConfig(p.config, func(path string) (*configfile.Running, error) {
		return configfile.Open(path, configfile.Options{Logger: log, Bundler: bundlerOf(path), ScriptWorker: scriptWorker(), ScriptEnv: scriptEnv()})
	})
	if err != nil {
		return err
	}
	return errors.Join(p.serve(ctx, running, hangup, log), running.Close())
}

func (p *passing) serve(ctx context.Context, running *configfile.Running, hangup <-chan os.Signal, log *slog.Logger) error {
	config := running.Current()
	p.to.Logger, p.to.TrustedProxies = log, config.Engine.TrustedProxies
	gw, err := gateway.New(running.Engine, p.source, p.to)
	if errors.Is(err, engine.ErrUnknownSource) {
		return usage("--source: %w; sources of %s are %s", err, p.config, names(config.Engine.Sources))
	}
	if err != nil {
		return usage("%w", err)
	}
	defer gw.CloseIdleConnections()
	if p.listen == "" {
		p.listen = config.Listen
	}
	ln, err := net.Listen("tcp", p.listen)
	if err != nil {
		return err
	}
	for _, text := range config.Warnings {
		log.Warn(text)
	}
	log.Info("listening", "address", ln.Addr().String(), "source", p.source, "to", p.to.Upstream, "store", config.Data, "version", engine.Version)
	f := follower{running: running, log: log, hangup: hangup, check: func(next *configfile.Config) error { return p.keeps(config, next) }}
	err = f.during(ctx, func() error {
		return serveHTTP(ctx, ln, withHealth(gw, &health{ping: running.Store.Ping}), p.limits(config.Server), running, log)
	})
	log.Info("stopped")
	return err
}

// keeps reports what of the next version takes a restart of the gateway.
func (p *passing) keeps(config, next *configfile.Config) error {
	if p.listen != config.Listen {
		next.Listen = config.Listen // which the flag has replaced
	}
	var faults []error
	if !slices.Equal(config.Engine.TrustedProxies, next.Engine.TrustedProxies) {
		faults = append(faults, next.Fault("trusted_proxies", "is another one: that takes a restart of the gateway"))
	}
	if _, ok := next.Engine.Sources[p.source]; !ok {
		faults = append(faults, next.Fault("source", "has no %q any more, by which the gateway judges", p.source))
	}
	return tomlfile.Join(faults...)
}

func names[T any](parts map[string]T) string {
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(slices.Sorted(maps.Keys(parts)), ", ")
}

// limits leaves room for an answer that begins at the last moment, behind a
// request that comes slowly.
func (p *passing) limits(l engine.ServerLimits) engine.ServerLimits {
	if l.Write == 0 {
		l.Write = p.to.Timeout + time.Minute
	}
	return l
}

// withHealth answers /healthz itself. It is no [http.ServeMux], which would
// redirect paths that are not clean.
func withHealth(next, health http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.RequestURI == "/healthz" && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
			health.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}
