package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/hookseal/hookseal/cmd/hookseal/internal/stopwatch"
	"github.com/hookseal/hookseal/engine/tomlfile"
)

func newPluginBenchCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "bench FILE",
		Short: "Measure what the calls of a module take",
		Long: `Bench calls a module, one call after the other, with bodies of some sizes or with
an event of yours, and prints for each the time of a call (half of the calls took
less than the median, one in a hundred more than the p99), its fuel, which is its
work in instructions and the same on every machine, the memory that it holds, and
what came out. "load" is how long the module took to compile and start.

Bodies of a size are JSON arrays of people, with a name, an email, a city, tags and
an age. Compare shows how each call stands to that of an earlier run: 1.00 is no
change.

Exit status: 0, 1 if the module fails a call or is refused, 2 if it, the event or
the earlier run cannot be read.`,
		Example: `  hookseal plugin bench redact.wasm --setting members=email
  hookseal events show evt_0199… --json | hookseal plugin bench redact.wasm --event -
  hookseal plugin bench redact.wasm --json > before.json
  hookseal plugin bench redact.wasm --compare before.json`,
		Args: positional(1, 1, "FILE"),
	}
	f := cmd.Flags()
	sizes := f.StringSlice("size", []string{"1KiB", "16KiB", "64KiB", "1MiB"}, "the `SIZES` of the bodies, with commas between")
	event := f.String("event", "", "the `FILE` of an event as JSON in their place, - for standard input")
	span := f.Duration("time", time.Second, "how `LONG` calls are made with each body")
	earlier := f.String("compare", "", "the `FILE` of an earlier run with --json")
	asJSON, settings, function := jsonFlag(cmd), settingsFlag(cmd), functionFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		options := stopwatch.Options{Span: *span}
		var err error
		if options.Settings, err = settingsOf(*settings); err != nil {
			return err
		}
		if options.Messages, err = benchMessages(cmd.InOrStdin(), *event, *sizes); err != nil {
			return err
		}
		before, err := readBench(*earlier)
		if err != nil {
			return err
		}
		code, err := readModule(args[0])
		if err != nil {
			return err
		}
		code.Function = *function
		report, err := stopwatch.Measure(cmd.Context(), code, options)
		if err != nil {
			return &noError{err}
		}
		if err := printBench(cmd.OutOrStdout(), report, before, *asJSON); err != nil {
			return err
		}
		if report.Failed() {
			return &noError{}
		}
		return nil
	}
	return cmd
}

// benchMessages returns the event of a file, or bodies of sizes.
func benchMessages(stdin io.Reader, event string, sizes []string) ([]stopwatch.Message, error) {
	if event != "" {
		raw, err := readFile(stdin, event)
		if err != nil {
			return nil, err
		}
		ev, err := readEvent(event, raw)
		return []stopwatch.Message{{Name: "event", Event: ev}}, err
	}
	var messages []stopwatch.Message
	for _, text := range sizes {
		var size tomlfile.Size
		if err := size.UnmarshalText([]byte(text)); err != nil {
			return nil, usage("--size %s: %w", text, err)
		}
		if size > maxBenchBody {
			return nil, usage("--size %s: at most %s", text, tomlfile.Size(maxBenchBody))
		}
		messages = append(messages, stopwatch.People(text, int(size)))
	}
	return messages, nil
}

// maxBenchBody is the largest body that is made up.
const maxBenchBody = 64 << 20

// readBench reads the report of an earlier run, nil if none is named.
func readBench(name string) (*stopwatch.Report, error) {
	if name == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	report := &stopwatch.Report{}
	if err := json.Unmarshal(raw, report); err != nil {
		return nil, fmt.Errorf("%s is no report of \"hookseal plugin bench --json\": %w", name, err)
	}
	return report, nil
}

func printBench(w io.Writer, report stopwatch.Report, before *stopwatch.Report, asJSON bool) error {
	var changes []stopwatch.Change
	if before != nil {
		var err error
		if changes, err = report.Against(*before); err != nil {
			return err
		}
	}
	if asJSON {
		return printJSON(w, report)
	}
	fmt.Fprintf(w, "%s, %d bytes, load %s\n\n", cellText(report.Module), report.Size, report.Load.Round(10*time.Microsecond))
	header := []string{"HOOK", "BODY", "CALLS", "MEDIAN", "P99", "FUEL", "MEMORY", "OUTPUT"}
	if changes != nil {
		header = append(header, "TIME NOW:BEFORE", "FUEL NOW:BEFORE")
	}
	var rows [][]string
	for i, row := range report.Rows {
		cells := benchCells(row)
		if changes != nil {
			cells = append(cells, changeText(changes[i].Median), changeText(changes[i].Fuel))
		}
		rows = append(rows, cells)
	}
	if err := printTable(w, header, rows); err != nil {
		return err
	}
	for _, row := range report.Rows {
		if row.Error != "" {
			fmt.Fprintf(w, "\n%s, %s: %s\n", row.Hook, row.Message, cellText(row.Error))
		}
	}
	return nil
}

func benchCells(row stopwatch.Row) []string {
	cells := []string{string(row.Hook), row.Message, strconv.Itoa(row.Calls)}
	if row.Error != "" {
		return append(cells, "failed", "", "", "", "")
	}
	output := fmt.Sprintf("%d of %dB", row.Outputs, row.Output)
	if row.Outputs == 0 {
		output = ""
	}
	return append(cells, timeOf(row.Median), timeOf(row.P99), strconv.FormatInt(row.Fuel, 10),
		fmt.Sprintf("%dKiB", (row.Memory+1023)/1024), output)
}

// timeOf is a duration with three digits.
func timeOf(d time.Duration) string {
	unit := time.Duration(1)
	for d/unit >= 1000 {
		unit *= 10
	}
	return d.Round(unit).String()
}

// changeText is a ratio, nothing where there is none.
func changeText(ratio float64) string {
	if ratio == 0 {
		return ""
	}
	return strconv.FormatFloat(ratio, 'f', 2, 64)
}
