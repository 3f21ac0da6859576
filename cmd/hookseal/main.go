// Command hookseal is the webhook engine as a daemon, and the tools around it:
// verify one request, sign one, test a provider pack, look into the store.
//
// Every command exits with 0 for yes, 1 for no, and 2 if it could not tell.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

func main() { os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// run executes the command line and returns its exit status.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRootCommand()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	command, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitYes
	}
	status := exitUnknown
	if no, ok := errors.AsType[*noError](err); ok {
		status = exitNo
		if no.err == nil {
			return status
		}
	}
	fmt.Fprintf(stderr, "hookseal: %s\n", err)
	if _, ok := errors.AsType[*usageError](err); ok {
		fmt.Fprintf(stderr, "Run \"%s --help\" to learn more.\n", command.CommandPath())
	}
	return status
}
