package tomlfile_test

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine/tomlfile"
)

// config has one field of every kind that a caller's types have.
type config struct {
	limits
	*Logging
	Listen       string              `toml:"listen"`
	Networks     []netip.Prefix      `toml:"allow_networks"`
	Workers      uint8               `toml:"workers"`
	Offset       int16               `toml:"offset"`
	Jitter       float64             `toml:"jitter"`
	Verbose      *bool               `toml:"verbose"`
	Starts       time.Time           `toml:"starts"`
	Settings     map[string]any      `toml:"settings"`
	Source       map[string]source   `toml:"source"`
	Endpoint     map[string]*target  `toml:"endpoint"`
	Subscription []subscription      `toml:"subscription"`
	Labels       map[string]string   `toml:"labels"`
	Matrix       [][]int             `toml:"matrix"`
	Folders      map[label][]*folder `toml:"folders"`
	Loaded       string
}

type limits struct {
	MaxBody tomlfile.Size     `toml:"max_body"`
	Timeout tomlfile.Duration `toml:"timeout"`
}

// Logging is embedded by pointer, which takes an exported name.
type Logging struct {
	Level string `toml:"level"`
}

type label string

type folder struct {
	Path string `toml:"path"`
}

type source struct {
	Provider string   `toml:"provider"`
	Secrets  []secret `toml:"secrets"`
	Verify   verify   `toml:"verify"`
}

type verify struct {
	Tolerance tomlfile.Duration `toml:"tolerance"`
}

// secret is a string or a table, without a method for the table.
type secret struct {
	Ref      string    `toml:"ref"`
	NotAfter time.Time `toml:"not_after"`
}

func (s *secret) UnmarshalText(text []byte) error {
	if !strings.Contains(string(text), ":") {
		return errors.New("expected a reference such as env:NAME or file:PATH")
	}
	s.Ref = string(text)
	return nil
}

type target struct {
	URL   string `toml:"url"`
	Retry retry  `toml:"retry"`
	Sign  sign   `toml:"sign"`
}

// retry is a list of durations or a table with a step.
type retry struct {
	Steps []tomlfile.Duration
}

func (r *retry) UnmarshalTOML(value any) error {
	if _, isList := value.([]any); isList {
		return tomlfile.DecodeValue(value, &r.Steps)
	}
	var table struct {
		First tomlfile.Duration `toml:"first"`
		Times int               `toml:"times"`
	}
	if err := tomlfile.DecodeValue(value, &table); err != nil {
		return err
	}
	for range table.Times {
		r.Steps = append(r.Steps, table.First)
	}
	return nil
}

// sign is read whole, and refuses with several errors at once.
type sign string

func (s *sign) UnmarshalTOML(value any) error {
	text, ok := value.(string)
	if !ok {
		return fmt.Errorf("expected the name of a scheme, found %T", value)
	}
	if text == "" {
		return errors.Join(errors.New("the name is empty"), tomlfile.Fault{Message: "schemes are listed elsewhere"})
	}
	*s = sign(text)
	return nil
}

type subscription struct {
	Source   string   `toml:"source"`
	Types    []string `toml:"types"`
	Endpoint string   `toml:"endpoint"`
}
