package configfile

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/tomlfile"
	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi"
	"github.com/hookseal/hookseal/hostabi/host"
)

// moduleTable is what the file says of a module that it names as a transform, under
// its path.
type moduleTable struct {
	// SHA256 pins it.
	SHA256 digest `toml:"sha256"`
	// Grant lists the capabilities that it may use.
	Grant []capability `toml:"grant"`
	// ABI is what it is built for, and Function the export of an Extism plug-in.
	ABI      abi    `toml:"abi"`
	Function string `toml:"function"`
}

// digest is a SHA-256 in hex.
type digest string

// UnmarshalText reads a digest in either case.
func (d *digest) UnmarshalText(text []byte) error {
	lower := strings.ToLower(string(text))
	if len(lower) != 64 || strings.Trim(lower, "0123456789abcdef") != "" {
		return fmt.Errorf("a SHA-256 has 64 hexadecimal digits; sha256sum prints that of a file")
	}
	*d = digest(lower)
	return nil
}

type capability webhook.Capability

// UnmarshalText reads the name of a capability.
func (c *capability) UnmarshalText(text []byte) error {
	*c = capability(text)
	return oneOf(webhook.Capability(text), webhook.Capabilities(), "capability", "capabilities")
}

type abi webhook.ABI

// UnmarshalText reads the name of an ABI.
func (a *abi) UnmarshalText(text []byte) error {
	*a = abi(text)
	return oneOf(webhook.ABI(text), webhook.ABIs(), "ABI", "ABIs")
}

func oneOf[T ~string](item T, known []T, singular, plural string) error {
	if slices.Contains(known, item) {
		return nil
	}
	var names []string
	for _, k := range known {
		names = append(names, string(k))
	}
	return fmt.Errorf("there is no %s %q; %s are %s", singular, item, plural, strings.Join(names, ", "))
}

// modules adds to the transforms what the file says of them.
func (l *loader) modules() {
	seen := map[string]bool{}
	for _, written := range named(l.file.Module) {
		t, key, name := l.file.Module[written], tomlfile.Key("module", written), path.Clean(filepath.ToSlash(written))
		code, used := l.config.Engine.Transforms[name]
		switch {
		case path.Ext(name) != ".wasm":
			l.note(key, "is no module: what is pinned and granted here are .wasm files")
		case !l.isTransform(name):
			l.note(key, "no subscription has this transform; it is the path of a module, as a subscription names it")
		case seen[name]:
			l.note(key, "is the same path as another table's")
		case used:
			code.SHA256, code.ABI, code.Function = string(t.SHA256), webhook.ABI(t.ABI), t.Function
			for _, c := range t.Grant {
				code.Grants = append(code.Grants, webhook.Capability(c))
			}
			l.config.Engine.Transforms[name] = code
		}
		seen[name] = true
	}
}

// isTransform reports whether a subscription names a transform, one that could not
// be read, too.
func (l *loader) isTransform(name string) bool {
	return slices.ContainsFunc(l.config.Engine.Subscriptions, func(s engine.Subscription) bool { return s.Transform == name })
}

// manifest reads what stands beside a module, where there is something.
func (l *loader) manifest(key string, code *engine.GuestCode) {
	if path.Ext(code.Name) != ".wasm" {
		return
	}
	name := hostabi.ManifestName(code.Name)
	full := within(l.dir, name)
	l.footprint.file(full)
	text, err := os.ReadFile(full)
	switch {
	case os.IsNotExist(err):
		return
	case err != nil:
		l.note(key, "its manifest: %s", err)
		return
	}
	if _, err := host.ParseManifest(full, text); err != nil {
		l.faults = append(l.faults, err)
		return // with the manifest the loader of modules would say it again
	}
	code.Manifest, code.ManifestName = text, name
}

// guests sets what loads scripts and modules. Where nothing is to be written there
// is no cache of compiled modules.
func (l *loader) guests(writes bool) {
	modules := host.Loader{}
	if cache := l.file.GuestCache; cache != "" {
		dir := within(l.dir, cache)
		switch err := host.CheckCache(dir); {
		case errors.Is(err, host.ErrForeignCache) && !writes:
			l.warn("guest_cache: %s: the server must run as its owner", err)
		case err != nil:
			l.note("guest_cache", "%s", err)
		case writes:
			modules.Cache = dir
		}
	}
	l.config.Engine.Guests = []engine.GuestLoader{l.scripts(), modules}
}
