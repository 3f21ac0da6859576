package conformance

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi/host"
)

// AsAsked grants a module what its manifest asks for, as the configuration of whoever
// wants it would: its capabilities and limits above the defaults. Without a manifest,
// or with one that is faulty, nothing is granted.
func AsAsked(code webhook.GuestCode) webhook.GuestCode {
	m, err := host.ParseManifest(code.ManifestName, code.Manifest)
	if code.Manifest == nil || err != nil {
		return code
	}
	code.Grants = m.Capabilities
	limits, l := code.Limits.WithDefaults(), m.Limits
	code.Limits = webhook.GuestLimits{
		Time:   max(limits.Time, time.Duration(l.Time)),
		Memory: max(limits.Memory, int64(l.Memory)), Output: max(limits.Output, int64(l.Output)),
		Events: max(limits.Events, l.Events), LogLines: max(limits.LogLines, l.LogLines),
		Fuel: max(limits.Fuel, l.Fuel), Stack: max(limits.Stack, int32(l.Stack)),
	}
	return code
}

// linked says what came of loading a module: of its manifest, and of its imports.
func linked(module Module, code webhook.GuestCode, err error) (manifest, link finding, unexpected error) {
	manifest = skipped("there is none")
	if m := module.Manifest; m != nil {
		manifest = pass("%s", manifestText(*m))
	}
	link = pass("%s, all of them served", plural(len(module.Imports), "import"))
	switch fault, ok := errors.AsType[*webhook.GuestError](err); {
	case err == nil:
	case !ok:
		return manifest, link, err
	case fault.Kind == webhook.GuestRefused && code.Manifest != nil:
		return fail("%s", fault.Message), skipped("the module is not loaded"), nil
	default:
		link = fail("%s: %s", fault.Kind, fault.Message)
	}
	return manifest, link, nil
}

func manifestText(m host.Manifest) string {
	var wants []string
	for _, c := range m.Capabilities {
		wants = append(wants, string(c))
	}
	return fmt.Sprintf("%s %s, asks for %s", m.Name, m.Version, cmp.Or(strings.Join(wants, " and "), "no capability"))
}
