package main

import (
	"io"
	"log/slog"
)

// newLogger returns a logger by the words of the flags.
func newLogger(w io.Writer, format, level string) (*slog.Logger, error) {
	opts := &slog.HandlerOptions{}
	var min slog.Level
	if err := min.UnmarshalText([]byte(level)); err != nil {
		return nil, usage("--log-level %q must be debug, info, warn or error", level)
	}
	opts.Level = min
	switch format {
	case "text":
		return slog.New(slog.NewTextHandler(w, opts)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(w, opts)), nil
	}
	return nil, usage("--log-format %q must be text or json", format)
}
