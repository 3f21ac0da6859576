package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/configfile"
)

func newEndpointsTestCommand() *cobra.Command {
	var event, body string
	cmd := &cobra.Command{
		Use:   "test NAME --event TYPE [--body FILE]",
		Short: "Send a test event to an endpoint",
		Long: `Test sends one event to an endpoint, signed as its deliveries are, and prints the
request, without what is secret in it, and the answer. The body is a sample of the
type, as the provider whose sender the endpoint plays would post it, or a file.

It is no delivery: it is not stored and not repeated, does not count for the health
of the endpoint, and goes to a disabled one too. A server that runs is not asked.

Exit status: 0 answered 2xx, 1 answered with something else or not at all, 2 if the
event could not be signed or sent.`,
		Example: `  hookseal endpoints test crm --event document.signed
  hookseal endpoints test crm --event invoice.paid --body invoice.json`,
		Args: positional(1, 1, "NAME"),
	}
	f := cmd.Flags()
	f.StringVar(&event, "event", "", "the `TYPE` of the event")
	f.StringVar(&body, "body", "", "the `FILE` that holds the body, - for standard input (default a sample)")
	config, asJSON := configFlag(cmd), jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		made, err := tryEndpoint(cmd, *config, args[0], event, body)
		if err != nil {
			return err
		}
		report := newTrialReport(made)
		if *asJSON {
			err = printJSON(cmd.OutOrStdout(), report)
		} else {
			err = report.print(cmd.OutOrStdout())
		}
		if err == nil && !made.Attempt.Succeeded() {
			err = &noError{}
		}
		return err
	}
	return cmd
}

func tryEndpoint(cmd *cobra.Command, path, name, event, body string) (engine.Trial, error) {
	ctx := cmd.Context()
	c, err := readConfig(path, func(path string) (*configfile.Config, error) {
		return configfile.Load(path, configfile.Options{Bundler: bundlerOf(path), ScriptWorker: scriptWorker(), ScriptEnv: scriptEnv()})
	})
	if err != nil {
		return engine.Trial{}, err
	}
	e, known := c.Engine.Endpoints[name]
	if !known {
		return engine.Trial{}, usage("no endpoint is called %q; endpoints are %s", name, strings.Join(slices.Sorted(maps.Keys(c.Engine.Endpoints)), ", "))
	}
	p := engine.Publication{Type: event}
	if body != "" {
		p.Body, err = readInput(cmd.InOrStdin(), body, maxRequest)
	} else {
		p, err = sampleFor(ctx, c.Engine.Catalog, e, event)
	}
	if err != nil {
		return engine.Trial{}, err
	}
	// Without a store the engine takes no part in what a server does that runs.
	eng, err := engine.Open(c.Engine)
	if err != nil {
		return engine.Trial{}, err
	}
	defer eng.Close()
	return eng.Try(ctx, name, p)
}

// defaultSamples are those for an endpoint that plays no provider's sender.
const defaultSamples = "standard-webhooks"

// sampleFor finds the sample of a type, or of a name where several are of one type.
func sampleFor(ctx context.Context, c *catalog.Catalog, e engine.Endpoint, event string) (engine.Publication, error) {
	provider := cmp.Or(e.As, e.Sign, defaultSamples)
	if provider == engine.NoVerification {
		provider = defaultSamples
	}
	pack, err := c.Open(ctx, provider, catalog.Options{Settings: e.Settings})
	if err != nil {
		return engine.Publication{}, err
	}
	samples, err := pack.Samples()
	if err != nil {
		return engine.Publication{}, err
	}
	for _, fits := range []func(catalog.Sample) bool{
		func(s catalog.Sample) bool { return s.Name == event },
		func(s catalog.Sample) bool { return s.Type == event },
	} {
		if i := slices.IndexFunc(samples, fits); i >= 0 {
			return engine.Publication{Type: samples[i].Type, Body: samples[i].Body}, nil
		}
	}
	var names []string
	for _, s := range samples {
		names = append(names, s.Name)
	}
	switch {
	case len(samples) == 0:
		return engine.Publication{}, usage("there are no sample events of %s; give one with --body FILE", provider)
	case event == "":
		return engine.Publication{}, usage("--event is missing; samples of %s are %s", provider, strings.Join(names, ", "))
	}
	return engine.Publication{}, usage("no sample of %s is %q; there are %s; give the body of another event with --body FILE", provider, event, strings.Join(names, ", "))
}

// trialReport is what came of a test event.
type trialReport struct {
	Method   string      `json:"method"`
	URL      string      `json:"url"`
	Header   http.Header `json:"header"`
	Body     []byte      `json:"body_base64"`
	Status   int         `json:"status,omitempty"`
	Error    string      `json:"error,omitempty"`
	Duration string      `json:"duration"`
	Answer   string      `json:"answer"`
}

func newTrialReport(made engine.Trial) trialReport {
	a := made.Attempt
	return trialReport{
		Method: made.Method, URL: made.URL, Header: made.Header, Body: made.Body,
		Status: a.Status, Error: a.Error, Duration: a.Duration.Round(time.Millisecond).String(), Answer: string(a.Response),
	}
}

func (r *trialReport) print(w io.Writer) error {
	var lines facts
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		for _, value := range r.Header[name] {
			lines.add(name, "%s", value)
		}
	}
	if _, err := fmt.Fprintf(w, "%s %s\n", r.Method, cellText(r.URL)); err != nil {
		return err
	}
	if err := lines.print(w); err != nil {
		return err
	}
	outcome := fmt.Sprintf("%d %s", r.Status, http.StatusText(r.Status))
	if r.Status == 0 {
		outcome = cellText(r.Error)
	}
	if _, err := fmt.Fprintf(w, "answered in %s: %s\n", r.Duration, outcome); err != nil || r.Answer == "" {
		return err
	}
	_, err := fmt.Fprintln(w, printable(r.Answer))
	return err
}
