package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// The exit statuses of every command.
const (
	exitYes     = 0
	exitNo      = 1
	exitUnknown = 2
)

// noError ends a command whose answer is no. Without an inner error everything
// was said already.
type noError struct{ err error }

func (e *noError) Error() string {
	if e.err == nil {
		return "no"
	}
	return e.err.Error()
}

func (e *noError) Unwrap() error { return e.err }

// no returns the answer no with its reason.
func no(format string, args ...any) error { return &noError{fmt.Errorf(format, args...)} }

// usageError reports a command line that cannot be understood.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usage(format string, args ...any) error { return &usageError{fmt.Errorf(format, args...)} }

// positional says what stands beside the flags: between least and most
// arguments, called what.
func positional(least, most int, what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch {
		case most == 0 && len(args) > 0:
			return usage("unexpected argument %q", args[0])
		case len(args) < least:
			return usage("%s is missing", what)
		case len(args) > most:
			return usage("unexpected argument %q after %s", args[most], what)
		}
		return nil
	}
}
