package host

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/tomlfile"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Manifest is what the author of a module says of it, in a file beside it:
// redact.toml beside redact.wasm. [Loader.Load] checks all of it against the module
// before anything of that runs.
type Manifest struct {
	// Name and Version are for people.
	Name    string `toml:"name" json:"name"`
	Version string `toml:"version" json:"version"`
	// Hooks are all that the module exports.
	Hooks []webhook.Hook `toml:"hooks" json:"hooks"`
	// Algorithms are those that its claims may name; a module that makes claims
	// has at least one.
	Algorithms []webhook.Algorithm `toml:"algorithms" json:"algorithms,omitempty"`
	// Capabilities are those that its transform wants to be granted.
	Capabilities []webhook.Capability `toml:"capabilities" json:"capabilities,omitempty"`
	// Limits are what a call of it needs at most. The configuration has to grant
	// as much, and the module gets no more.
	Limits ManifestLimits `toml:"limits" json:"limits,omitzero"`
	// SHA256 is the digest of the module in hex, empty where the author states none.
	SHA256 string `toml:"sha256" json:"sha256,omitempty"`
}

// ManifestLimits bound one call, as [webhook.GuestLimits] do; zero is what the
// configuration grants.
type ManifestLimits struct {
	// Time is the longest that a call runs.
	Time tomlfile.Duration `toml:"time" json:"time,omitempty"`
	// Memory is the most that an instance holds, in bytes.
	Memory tomlfile.Size `toml:"memory" json:"memory,omitempty"`
	// Output is the most that a call hands out, in bytes, and Events in events.
	Output tomlfile.Size `toml:"output" json:"output,omitempty"`
	Events int           `toml:"events" json:"events,omitempty"`
	// LogLines is the most lines that a call writes.
	LogLines int `toml:"log_lines" json:"log_lines,omitempty"`
	// Fuel is the most work of a call, in instructions.
	Fuel int64 `toml:"fuel" json:"fuel,omitempty"`
	// Stack is the most stack of a call, in bytes.
	Stack tomlfile.Size `toml:"stack" json:"stack,omitempty"`
}

// String lists the limits that are given, as in "memory 32MiB, fuel 1000000".
func (l ManifestLimits) String() string {
	var all []string
	add := func(given bool, name string, limit any) {
		if given {
			all = append(all, fmt.Sprintf("%s %v", name, limit))
		}
	}
	add(l.Time > 0, "time", l.Time)
	add(l.Memory > 0, "memory", l.Memory)
	add(l.Output > 0, "output", l.Output)
	add(l.Events > 0, "events", l.Events)
	add(l.LogLines > 0, "log_lines", l.LogLines)
	add(l.Fuel > 0, "fuel", l.Fuel)
	add(l.Stack > 0, "stack", l.Stack)
	return strings.Join(all, ", ")
}

// ParseManifest reads a manifest strictly. The error is [tomlfile.Faults], in which
// the file is called name.
func ParseManifest(name string, text []byte) (Manifest, error) {
	doc, err := tomlfile.Parse(name, text)
	if err != nil {
		return Manifest{}, err
	}
	var m Manifest
	err = doc.Decode(&m)
	for _, p := range m.problems() {
		if !isFaulty(err, p.key) {
			err = tomlfile.Join(err, doc.Fault(p.key, "%s", p.text))
		}
	}
	return m, err
}

// problem is what is wrong with the value at a key.
type problem struct{ key, text string }

// isFaulty reports whether decoding has found a fault at a key or below it.
func isFaulty(err error, key string) bool {
	faults, _ := errors.AsType[tomlfile.Faults](err)
	return slices.ContainsFunc(faults, func(f tomlfile.Fault) bool { return strings.HasPrefix(f.Key, key) })
}

// problems says what is wrong with the values.
func (m Manifest) problems() []problem {
	hooks := []webhook.Hook{webhook.HookClaim, webhook.HookTransform}
	found := slices.Concat(
		strange("hooks", m.Hooks, hooks), strange("algorithms", m.Algorithms, scheme.Algorithms()),
		strange("capabilities", m.Capabilities, webhook.Capabilities()))
	note := func(wrong bool, key, text string) {
		if wrong {
			found = append(found, problem{key, text})
		}
	}
	const named = "is missing or blank, or holds a control character"
	note(!isLabel(m.Name), "name", named)
	note(!isLabel(m.Version), "version", named)
	note(len(m.Hooks) == 0, "hooks", "is missing: list what the module exports, of "+listed(hooks))
	claims := slices.Contains(m.Hooks, webhook.HookClaim)
	note(claims && len(m.Algorithms) == 0, "algorithms", "is missing: list those that its claims name")
	note(!claims && len(m.Algorithms) > 0, "algorithms", "are for a claim, which the hooks do not list")
	note(len(m.Capabilities) > 0 && !slices.Contains(m.Hooks, webhook.HookTransform), "capabilities", "are for a transform; a claim has none")
	note(m.SHA256 != "" && !isDigest(m.SHA256), "sha256", "must be 64 hexadecimal digits in lower case")
	const negative = "must not be negative"
	note(m.Limits.Events < 0, "limits.events", negative)
	note(m.Limits.LogLines < 0, "limits.log_lines", negative)
	note(m.Limits.Fuel < 0, "limits.fuel", negative)
	return found
}

// strange lists the items of a list that are none of the known ones, or are there
// twice.
func strange[T ~string](key string, list, known []T) (found []problem) {
	for i, item := range list {
		at := fmt.Sprintf("%s[%d]", key, i)
		switch {
		case !slices.Contains(known, item):
			found = append(found, problem{at, fmt.Sprintf("%q is not known; known are %s", item, listed(known))})
		case slices.Contains(list[:i], item):
			found = append(found, problem{at, fmt.Sprintf("%q is there twice", item)})
		}
	}
	return found
}

func isLabel(text string) bool {
	return strings.TrimSpace(text) != "" && !strings.ContainsFunc(text, unprintable)
}

// listed writes names one after the other.
func listed[T ~string](names []T) string {
	if len(names) == 0 {
		return "none"
	}
	texts := make([]string, len(names))
	for i, name := range names {
		texts[i] = string(name)
	}
	return strings.Join(texts, ", ")
}

// isDigest reports whether text is a SHA-256 in hex.
func isDigest(text string) bool {
	return len(text) == 64 && strings.Trim(text, "0123456789abcdef") == ""
}
