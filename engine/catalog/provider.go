package catalog

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/tomlfile"
)

// Provider is a provider.toml as it was read.
type Provider struct {
	// ID is the folder's name, by which sources and endpoints refer to it.
	ID string `toml:"-"`
	// Name is the provider's own.
	Name string `toml:"name"`
	// Docs says where the provider documents its signature.
	Docs string `toml:"docs"`
	// Proof says what stands behind the pack: vector, oracle, document or
	// third-party.
	Proof string `toml:"proof"`
	// Notes are for the reader.
	Notes string `toml:"notes"`
	// Scheme is how the provider signs, with what it extends filled in.
	Scheme scheme.Definition `toml:"scheme"`
	// Event says where a request states the event's id and type.
	Event scheme.EventDef `toml:"event"`
	// Settings are those that a source may give, by name. A scheme with a time
	// has "tolerance" besides.
	Settings map[string]SettingDef `toml:"settings"`
	// Methods are those by which the provider sends events; none is POST alone.
	Methods []string `toml:"methods"`
	// Handshake lists the provider's challenges with their answers.
	Handshake []scheme.HandshakeDef `toml:"handshake"`
	// Ack is the acknowledgement that the provider demands.
	Ack Ack `toml:"ack"`
	// Sender is how the provider behaves when it sends.
	Sender Sender `toml:"sender"`
}

// Proofs lists what may stand behind a pack, the strongest first.
func Proofs() []string { return []string{"vector", "oracle", "document", "third-party"} }

// SettingDef declares a setting that a source may give.
type SettingDef struct {
	// About is one sentence for whoever configures a source.
	About string `toml:"about"`
	// Default holds where a source gives no value; without one it has to.
	Default string `toml:"default"`
	// Values are those that it may have, Default among them; empty for any text.
	Values []string `toml:"values"`
}

// Ack is the acknowledgement that the provider demands; the zero Ack is a 202
// with an empty body.
type Ack struct {
	// Status is 200 to 299; 0 is 202.
	Status int `toml:"status"`
	// Type is the media type of Body, which is sent as it is.
	Type string `toml:"type"`
	Body string `toml:"body"`
	// Quiet says that a refusal must have no body either (Xero).
	Quiet bool `toml:"quiet"`
}

// check reports what of an acknowledgement could not be sent.
func (a *Ack) check() (key, fault string) {
	switch {
	case a.Status != 0 && (a.Status < 200 || a.Status > 299):
		return "status", fmt.Sprintf("is %d, want 200 to 299: an event that is stored is acknowledged", a.Status)
	case a.Body != "" && a.Type == "":
		return "type", "is missing: the media type of the body"
	case a.Body != "" && (a.Status == http.StatusNoContent || a.Status == http.StatusResetContent):
		return "status", fmt.Sprintf("is %d, which has no body", a.Status)
	}
	return "", ""
}

// EventMethods lists the methods by which the provider sends events.
func (p *Provider) EventMethods() []string {
	if len(p.Methods) == 0 {
		return []string{http.MethodPost}
	}
	return slices.Clone(p.Methods)
}

// Sender is how the provider behaves when it sends.
type Sender struct {
	// Headers are further headers; "{type}" and "{id}" stand for the event's.
	Headers map[string]string `toml:"headers"`
	// Events lists the event types that the provider documents.
	Events []string `toml:"events"`
	// Unsigned says that the provider sends no signature when there is no
	// secret.
	Unsigned bool `toml:"unsigned"`
	// Retry are the waits before the second, third … attempt.
	Retry []tomlfile.Duration `toml:"retry"`
	// Timeout bounds one attempt.
	Timeout tomlfile.Duration `toml:"timeout"`
	// DisableAfter says when the provider gives an endpoint up; its zero value
	// never does.
	DisableAfter DisableAfter `toml:"disable_after"`
	// Assumptions says what of this is not documented by the provider.
	Assumptions string `toml:"assumptions"`
}

// DisableAfter disables an endpoint when the count of consecutive failures
// exceeds Failures, or when nothing has succeeded for so long.
type DisableAfter struct {
	// Failures are those that an endpoint is allowed in a row; 0 allows any
	// number.
	Failures int `toml:"failures"`
	// Of is what is counted: "deliveries" (the default) or "attempts".
	Of string `toml:"of"`
	// For is how long failures may last without a success between them; 0 for
	// any time.
	For tomlfile.Duration `toml:"for"`
}

// Validate reports what is wrong with the rule.
func (d DisableAfter) Validate() error {
	if d.Failures < 0 {
		return fmt.Errorf("failures = %d must not be negative", d.Failures)
	}
	if d.Of != "" && d.Of != "deliveries" && d.Of != "attempts" {
		return fmt.Errorf("of = %q is neither \"deliveries\" nor \"attempts\"", d.Of)
	}
	return nil
}

// Durations returns a schedule in the standard type.
func Durations(list []tomlfile.Duration) []time.Duration {
	out := make([]time.Duration, len(list))
	for i, d := range list {
		out[i] = time.Duration(d)
	}
	return out
}

// parseProvider reads a provider.toml, and compiles its scheme under the default
// settings.
func parseProvider(file, id string, data []byte, base bases) (Provider, *scheme.Scheme, error) {
	p := Provider{ID: id}
	doc, err := tomlfile.Parse(file, data)
	if err != nil {
		return p, nil, err
	}
	var faults []error
	if err := doc.Decode(&p); err != nil {
		faults = append(faults, err)
	}
	note := func(key, format string, args ...any) {
		faults = append(faults, doc.Fault(key, format, args...))
	}
	if p.Name == "" {
		note("name", "is missing: the provider's name as people know it")
	}
	if p.Docs == "" {
		note("docs", "is missing: where the provider documents its signature")
	}
	if known := Proofs(); !slices.Contains(known, p.Proof) {
		note("proof", "is %q, want one of %s", p.Proof, strings.Join(known, ", "))
	}
	if err := p.Sender.DisableAfter.Validate(); err != nil {
		note("sender.disable_after", "%s", err)
	}
	if key, fault := p.Ack.check(); fault != "" {
		note("ack."+key, "%s", fault)
	}
	for _, m := range p.Methods {
		if known := []string{http.MethodGet, http.MethodPatch, http.MethodPost, http.MethodPut}; !slices.Contains(known, m) {
			note("methods", "has %q, want of %v", m, known)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.Settings)) {
		def := p.Settings[name]
		if len(def.Values) > 0 && !slices.Contains(def.Values, def.Default) {
			note(tomlfile.Key("settings", name, "default"), "is %q, want one of %v", def.Default, def.Values)
		}
	}
	if name := p.Scheme.Extends; name != "" {
		b, err := base(name)
		if err != nil {
			note("scheme.extends", "%s", err)
		}
		p.Scheme = p.Scheme.Over(b)
	}
	p.Scheme.Handshakes = p.Handshake
	var compiled *scheme.Scheme
	if len(faults) == 0 {
		compiled, err = scheme.Compile(p.Scheme, p.Event, p.defaults())
		for _, fault := range unjoin(err) {
			note(keyOfFault(doc, fault.Error()), "%s", fault)
		}
	}
	return p, compiled, tomlfile.Join(faults...)
}

func unjoin(err error) []error {
	if err == nil {
		return nil
	}
	if joined, ok := errors.AsType[interface {
		error
		Unwrap() []error
	}](err); ok {
		return joined.Unwrap()
	}
	return []error{err}
}

// MissingSettings lists, in order, the settings that have no default and are not
// given.
func (p *Provider) MissingSettings(given map[string]string) []string {
	var missing []string
	for _, name := range slices.Sorted(maps.Keys(p.Settings)) {
		if p.Settings[name].Default == "" && given[name] == "" {
			missing = append(missing, name)
		}
	}
	return missing
}

func (p *Provider) defaults() map[string]string {
	settings := map[string]string{}
	for name, def := range p.Settings {
		settings[name] = def.Default
	}
	return settings
}

// settings returns the defaults with those given in their place.
func (p *Provider) settings(given map[string]string) (map[string]string, error) {
	settings := p.defaults()
	for name, value := range given {
		def, declared := p.Settings[name]
		switch {
		case name == "tolerance" && p.Scheme.Time != nil:
		case !declared:
			return nil, fmt.Errorf("unknown setting %q of provider %s; settings are %v", name, p.ID, p.SettingNames())
		case len(def.Values) > 0 && !slices.Contains(def.Values, value):
			return nil, fmt.Errorf("setting %s = %q of provider %s, want one of %v", name, value, p.ID, def.Values)
		}
		settings[name] = value
	}
	return settings, nil
}

// SettingNames lists the settings that a source may give, in order.
func (p *Provider) SettingNames() []string {
	names := slices.Collect(maps.Keys(p.Settings))
	if p.Scheme.Time != nil && !slices.Contains(names, "tolerance") {
		names = append(names, "tolerance")
	}
	slices.Sort(names)
	return names
}
