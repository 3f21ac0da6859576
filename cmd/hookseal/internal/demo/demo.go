package demo

import (
	"context"
	"errors"
	"io"
	"time"
)

// Options say how a run is shown.
type Options struct {
	// Out is where the run is shown.
	Out io.Writer
	// JSON prints the result alone, as JSON.
	JSON bool
	// Keep leaves everything running after the summary, until the context ends.
	Keep bool
	// Live draws a table that moves; Out must then be a terminal of at least
	// [LiveHeight] and [LiveWidth].
	Live bool
	// Color paints.
	Color bool
	// Width is that of the terminal in columns; zero or less does not cut.
	Width int
}

// Run plays the demo and shows it. The result says whether every expectation
// held; an error says that there is no result, the context's when that ended
// before.
func Run(ctx context.Context, opt Options) (*Result, error) {
	play := scenario{
		patience:      15 * time.Second,
		retry:         []time.Duration{300 * time.Millisecond, 600 * time.Millisecond},
		flakyFailures: 2,
	}
	if opt.Live {
		play.pace = 60 * time.Millisecond
	}
	return run(ctx, opt, play)
}

func run(ctx context.Context, opt Options, play scenario) (result *Result, err error) {
	start := time.Now()
	s, err := openStage(ctx, play)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	show := newShow(opt, s)
	err = show.during(func(tell func(string, ...any)) error { return s.perform(s.ctx, tell) })
	if err != nil {
		return nil, err
	}
	if result, err = s.judge(s.ctx); err != nil {
		return nil, err
	}
	result.Seconds = time.Since(start).Seconds()
	if err := show.result(result); err != nil || !opt.Keep {
		return result, err
	}
	return result, s.keep(show)
}
