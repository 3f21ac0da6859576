package configfile

import (
	"fmt"
	"time"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/tomlfile"
)

// open returns the breaker of an endpoint.
func (b *breaker) open() *engine.Breaker {
	opened := engine.Breaker{Failures: defaultFailures, Pause: time.Duration(b.Pause), MaxPause: time.Duration(b.MaxPause)}
	if b.Failures != nil {
		opened.Failures = *b.Failures
	}
	return &opened
}

// defaultFailures open the breaker of an endpoint that says something else of it.
const defaultFailures = 10

// retry is a schedule: a list of waits, or a table of how they grow.
type retry struct {
	waits []time.Duration
}

// growing is a schedule as a table.
type growing struct {
	First    period  `toml:"first"`
	Factor   float64 `toml:"factor"`
	Cap      period  `toml:"cap"`
	Attempts count   `toml:"attempts"`
	For      period  `toml:"for"`
}

// UnmarshalTOML reads either form.
func (r *retry) UnmarshalTOML(value any) error {
	switch value.(type) {
	case []any:
		var list []tomlfile.Duration
		if err := tomlfile.DecodeValue(value, &list); err != nil {
			return err
		}
		r.waits = catalog.Durations(list)
		return nil
	case map[string]any:
		var g growing
		if err := tomlfile.DecodeValue(value, &g); err != nil {
			return err
		}
		waits, err := engine.Backoff{
			First: time.Duration(g.First), Factor: g.Factor, Cap: time.Duration(g.Cap),
			Attempts: int(g.Attempts), For: time.Duration(g.For),
		}.Waits()
		r.waits = waits
		return err
	}
	return fmt.Errorf("expected %s", r.DescribeTOML())
}

// DescribeTOML implements [tomlfile.Describer].
func (*retry) DescribeTOML() string {
	return `a list of waits such as ["1m", "5m"], or a table such as { first = "5s", factor = 2, cap = "1h", attempts = 12 }`
}
