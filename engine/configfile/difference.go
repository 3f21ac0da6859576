package configfile

import (
	"bytes"
	"cmp"
	"maps"
	"reflect"
	"slices"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Change is a difference between two versions of a configuration. It names keys
// and files, and no values, which may be secrets.
type Change struct {
	// Part is source, endpoint, subscription, transform or, for all that stands
	// outside of these, settings.
	Part string
	// Name is that of the part, empty for settings.
	Name string
	// What is added, removed or changed.
	What string
	// Keys are those of a part that was changed, in order. That of a secret is
	// among them where only what its reference stands for is another one.
	Keys []string
}

// Changes returns what the next version has otherwise, ordered by part and name.
func (c *Config) Changes(next *Config) []Change {
	changes := settingsChanges(c.file, next.file)
	changes = append(changes, partChanges("source", c.file.Source, next.file.Source, func(name string) []string {
		return changedSecrets(sourceSecrets(c.Engine.Sources[name]), sourceSecrets(next.Engine.Sources[name]))
	})...)
	changes = append(changes, partChanges("endpoint", c.file.Endpoint, next.file.Endpoint, func(name string) []string {
		return changedSecrets(endpointSecrets(c.Engine.Endpoints[name]), endpointSecrets(next.Engine.Endpoints[name]))
	})...)
	changes = append(changes, partChanges("subscription", byName(c.file.Subscription), byName(next.file.Subscription), nil)...)
	return append(changes, partChanges("transform", codes(c), codes(next), nil)...)
}

// settingsChanges compares what belongs to no part.
func settingsChanges(was, is file) []Change {
	for _, f := range []*file{&was, &is} {
		f.Source, f.Endpoint, f.Subscription = nil, nil, nil
	}
	keys := changedKeys(was, is)
	if keys == nil {
		return nil
	}
	return []Change{{Part: "settings", What: "changed", Keys: keys}}
}

// partChanges compares parts by name. Secrets, which may be nil, returns the keys
// of a part whose secrets are other ones.
func partChanges[T any](part string, was, is map[string]T, secrets func(name string) []string) []Change {
	all := maps.Clone(was)
	if all == nil {
		all = map[string]T{}
	}
	maps.Copy(all, is)
	var changes []Change
	for _, name := range named(all) {
		before, had := was[name]
		after, has := is[name]
		change := Change{Part: part, Name: name, What: "changed"}
		switch {
		case !had:
			change.What = "added"
		case !has:
			change.What = "removed"
		default:
			change.Keys = changedKeys(before, after)
			if secrets != nil {
				change.Keys = append(change.Keys, secrets(name)...)
			}
			slices.Sort(change.Keys)
			if change.Keys = slices.Compact(change.Keys); len(change.Keys) == 0 {
				continue
			}
		}
		changes = append(changes, change)
	}
	return changes
}

// changedKeys returns the keys whose values differ between two tables, and below
// them those of tables.
func changedKeys(was, is any) []string {
	a, b := reflect.ValueOf(was), reflect.ValueOf(is)
	var keys []string
	for i := range a.NumField() {
		field := a.Type().Field(i)
		key := field.Tag.Get("toml")
		switch before, after := a.Field(i).Interface(), b.Field(i).Interface(); {
		case key == "" || reflect.DeepEqual(before, after):
		case field.Type.Kind() == reflect.Struct && isTable(field.Type):
			for _, below := range changedKeys(before, after) {
				keys = append(keys, key+"."+below)
			}
		default:
			keys = append(keys, key)
		}
	}
	return keys
}

// isTable reports whether a struct is a table of keys, and no value with a form
// of its own.
func isTable(t reflect.Type) bool {
	return t.NumField() > 0 && t.Field(0).Tag.Get("toml") != ""
}

// byName returns subscriptions by what the engine calls them.
func byName(list []subscription) map[string]subscription {
	out := map[string]subscription{}
	for _, s := range list {
		out[cmp.Or(s.Name, s.Source+"->"+s.Endpoint)] = s
	}
	return out
}

// code is what a transform runs.
type code struct {
	Code string `toml:"code"`
}

func codes(c *Config) map[string]code {
	out := map[string]code{}
	for name, guest := range c.Engine.Transforms {
		out[name] = code{string(guest.Code)}
	}
	return out
}

// sourceSecrets are the secrets of a source that its file names, by key. One that
// a provider has handed out is not among them.
func sourceSecrets(s engine.Source) map[string][]webhook.Secret {
	static, _ := s.Secrets.(webhook.Secrets)
	var credentials []webhook.Secret
	for _, name := range named(s.KeyCredentials) {
		credentials = append(credentials, s.KeyCredentials[name])
	}
	return map[string][]webhook.Secret{
		"secret": static, "verify_token": s.VerifyTokens, "basic": s.Basic, "bearer": s.Bearer,
		"header.token": s.HeaderTokens, "key_credentials": credentials,
	}
}

func endpointSecrets(e engine.Endpoint) map[string][]webhook.Secret {
	var headers, others []webhook.Secret
	for _, name := range named(e.SecretHeaders) {
		headers = append(headers, e.SecretHeaders[name])
	}
	for _, also := range e.AlsoSign {
		others = append(others, also.Secrets...)
	}
	return map[string][]webhook.Secret{
		"secret": e.Secrets, "basic": e.Basic, "bearer": e.Bearer, "headers": headers, "also_sign": others,
	}
}

// changedSecrets returns the keys whose secrets differ in their material.
func changedSecrets(was, is map[string][]webhook.Secret) []string {
	var keys []string
	for _, key := range named(was) {
		same := slices.EqualFunc(was[key], is[key], func(a, b webhook.Secret) bool { return bytes.Equal(a.Reveal(), b.Reveal()) })
		if !same {
			keys = append(keys, key)
		}
	}
	return keys
}
