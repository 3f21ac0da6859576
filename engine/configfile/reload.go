package configfile

import (
	"bytes"
	"context"
	"fmt"

	"github.com/hookseal/hookseal/engine/tomlfile"
)

// Reload makes a later version of the configuration live, or nothing of it; see
// [engine.Engine.Reload].
//
// The error is [tomlfile.Faults] where the version differs in what a running
// server cannot change: listen, monitor, data, the connections, header_bytes, deliveries,
// lease, shutdown_delay and shutdown_grace of limits, and whether there is tls. Reload is not called twice at a time.
func (r *Running) Reload(next *Config) error {
	if err := r.Current().keeps(next); err != nil {
		return err
	}
	next.Engine.Store = r.Store
	if err := next.openVault(context.Background(), r.Store); err != nil {
		return err
	}
	if err := r.Engine.Reload(next.Engine); err != nil {
		return err
	}
	next.tidyVault(context.Background())
	r.current.Store(next)
	return nil
}

// Current is the version that is live: that of the last Reload which succeeded,
// and that of Open before. It is safe for concurrent use.
func (r *Running) Current() *Config { return r.current.Load() }

// Fault returns a fault of the file at a key, for what its reader finds wrong
// with it; see [tomlfile.Text.Fault].
func (c *Config) Fault(key, format string, args ...any) tomlfile.Fault {
	return c.text.Fault(key, format, args...)
}

// keeps reports what of the next version needs a restart.
func (c *Config) keeps(next *Config) error {
	was, is := c.Engine.Limits, next.Engine.Limits
	return tomlfile.Join(
		fixed(next, "listen", c.Listen, next.Listen),
		fixed(next, "monitor", c.Monitor, next.Monitor),
		c.keepsStore(next),
		c.keepsTLS(next),
		fixed(next, "limits.connections", c.Server.Connections, next.Server.Connections),
		fixed(next, "limits.header_bytes", tomlfile.Size(c.Server.HeaderBytes), tomlfile.Size(next.Server.HeaderBytes)),
		fixed(next, "limits.deliveries", was.Deliveries, is.Deliveries),
		fixed(next, "limits.lease", tomlfile.Duration(was.Lease), tomlfile.Duration(is.Lease)),
		fixed(next, "limits.shutdown_delay", tomlfile.Duration(c.Server.ShutdownDelay), tomlfile.Duration(next.Server.ShutdownDelay)),
		fixed(next, "limits.shutdown_grace", tomlfile.Duration(was.ShutdownGrace), tomlfile.Duration(is.ShutdownGrace)),
	)
}

// keepsStore names no value: that of a database may hold a password.
func (c *Config) keepsStore(next *Config) error {
	if !bytes.Equal(c.Place.listen.Reveal(), next.Place.listen.Reveal()) {
		return next.Fault("listen_data", "is another one: "+takesRestart)
	}
	if c.Data == next.Data && c.Place.String() == next.Place.String() {
		return nil
	}
	return next.Fault("data", "is another one: "+takesRestart)
}

const takesRestart = "that takes a restart, until which nothing of this version is taken up"

func fixed[T comparable](next *Config, key string, was, is T) error {
	if was == is {
		return nil
	}
	return next.Fault(key, "was %s and is %s: "+takesRestart, shown(was), shown(is))
}

func shown[T comparable](value T) string {
	var zero T
	if value == zero {
		return "the default"
	}
	return fmt.Sprint(value)
}
