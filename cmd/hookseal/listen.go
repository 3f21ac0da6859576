package main

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"slices"

	"github.com/hookseal/hookseal/cmd/hookseal/internal/admin"
	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/configfile"
)

// sockets are where a server listens.
type sockets struct {
	// public is for senders.
	public net.Listener
	// monitor is for who watches over the server, nil where they come by public.
	monitor net.Listener
	// operators is for the commands that change the store, nil where there is none.
	operators net.Listener
}

// listen opens the sockets, or none.
func listen(running *configfile.Running, log *slog.Logger) (sockets, error) {
	public, err := net.Listen("tcp", running.Current().Listen)
	if err != nil {
		return sockets{}, err
	}
	open := sockets{public: public}
	if address := running.Current().Monitor; address != "" {
		if open.monitor, err = net.Listen("tcp", address); err != nil {
			return sockets{}, errors.Join(err, public.Close())
		}
		log.Info("watched at", "address", open.monitor.Addr().String())
	}
	open.operators = listenOperators(running, log)
	return open, nil
}

// listenOperators opens the socket for the commands that change the store.
// Without it the server works all the same. A database needs none: the commands
// change it beside the server.
func listenOperators(running *configfile.Running, log *slog.Logger) net.Listener {
	file, ok := running.Current().Place.File()
	if !ok {
		return nil
	}
	ln, err := admin.Listen(file)
	if err != nil {
		log.Warn("deliveries and endpoints cannot be changed while the server runs", "error", err)
		return nil
	}
	return ln
}

// serveHTTP answers requests, under TLS where the configuration has a certificate.
func serveHTTP(ctx context.Context, ln net.Listener, h http.Handler, limits engine.ServerLimits, running *configfile.Running, log *slog.Logger) error {
	if secure := running.TLS(); secure != nil {
		return engine.ServeTLS(ctx, ln, h, limits, secure, log)
	}
	return engine.Serve(ctx, ln, h, limits, log)
}

// serveMonitor answers for the health and the metrics, for as long as the other
// parts run.
func (d *daemon) serveMonitor(ctx context.Context) error {
	if d.sockets.monitor == nil {
		return nil
	}
	return engine.Serve(ctx, d.sockets.monitor, d.monitor, engine.ServerLimits{Connections: 64}, d.log)
}

// serveOperators answers the commands that change the store.
func (d *daemon) serveOperators(ctx context.Context) error {
	if d.sockets.operators == nil {
		return nil
	}
	handler := admin.Handler(&admin.Local{
		Store: d.running.Store, Wake: d.running.Engine.Wake, Changed: d.running.Engine.EndpointChanged, Paused: d.running.Engine.Pauses,
		Endpoints: func() []string { return slices.Sorted(maps.Keys(d.running.Current().Engine.Endpoints)) },
	})
	return engine.Serve(ctx, d.sockets.operators, handler, engine.ServerLimits{Connections: 16}, d.log)
}
