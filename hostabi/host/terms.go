package host

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine/tomlfile"
	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi"
)

// terms are what a module is loaded under: what the configuration grants, as far as
// its manifest asks for it.
type terms struct {
	limits webhook.GuestLimits
	grants []webhook.Capability
	// algorithms are those that a check may name; nil leaves that to the pack.
	algorithms []webhook.Algorithm
}

// pinned refuses code that has another digest than the configuration pins.
func pinned(code webhook.GuestCode, sum string) *webhook.GuestError {
	if code.SHA256 == "" || strings.EqualFold(code.SHA256, sum) {
		return nil
	}
	return fault(code.Name, webhook.GuestRefused, "the module has the SHA-256 %s, and %s is pinned", sum, strings.ToLower(code.SHA256))
}

// agree compares the module, its manifest and what the configuration grants.
func agree(code webhook.GuestCode, mod *module, sum string) (terms, *webhook.GuestError) {
	t := terms{limits: code.Limits.WithDefaults(), grants: code.Grants}
	wanted := code.Grants
	if code.Manifest != nil {
		m, err := ParseManifest(code.ManifestName, code.Manifest)
		if err != nil {
			return t, fault(code.Name, webhook.GuestRefused, "its manifest: %s", strings.ReplaceAll(err.Error(), "\n", "; "))
		}
		if why := cmp.Or(m.differs(mod, sum), m.estranged(code), m.exceeds(t.limits), m.ungranted(code)); why != "" {
			return t, fault(code.Name, webhook.GuestRefused, "its manifest %s", why)
		}
		t.limits, t.algorithms, wanted = m.bound(t.limits), m.Algorithms, m.Capabilities
	}
	for _, c := range wanted {
		switch function, imports := mod.uses(c); {
		case function == "":
			return t, fault(code.Name, webhook.GuestRefused, "there is no capability %q; capabilities are %s", c, listed(webhook.Capabilities()))
		case !imports:
			return t, fault(code.Name, webhook.GuestRefused, "the capability %q is of no use to the module: it does not import %s.%s", c, hostabi.WASI, function)
		}
	}
	return t, nil
}

// differs says how the module is not what the manifest states.
func (m Manifest) differs(mod *module, sum string) string {
	exported := mod.hooks()
	switch {
	case m.SHA256 != "" && m.SHA256 != sum:
		return fmt.Sprintf("is of another module: it states the SHA-256 %s, and the module has %s", m.SHA256, sum)
	case !sameHooks(m.Hooks, exported):
		return fmt.Sprintf("lists the hooks %s, and the module exports %s", listed(m.Hooks), listed(exported))
	}
	return ""
}

// estranged says that the pack of a rule allows none of the algorithms that the
// manifest lists, so that no claim could hold.
func (m Manifest) estranged(code webhook.GuestCode) string {
	allowed := func(a webhook.Algorithm) bool { return slices.Contains(code.Algorithms, a) }
	if len(code.Algorithms) == 0 || len(m.Algorithms) == 0 || slices.ContainsFunc(m.Algorithms, allowed) {
		return ""
	}
	return fmt.Sprintf("lists the algorithms %s, and its pack allows %s: no claim could hold", listed(m.Algorithms), listed(code.Algorithms))
}

func sameHooks(a, b []webhook.Hook) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// exceeds says which limit is more than is granted.
func (m Manifest) exceeds(granted webhook.GuestLimits) string {
	size := func(n int64) string { return tomlfile.Size(n).String() }
	period := func(n int64) string { return time.Duration(n).String() }
	count := func(n int64) string { return strconv.FormatInt(n, 10) }
	l := m.Limits
	for _, limit := range []struct {
		name          string
		asks, granted int64
		text          func(int64) string
	}{
		{"time", int64(l.Time), int64(granted.Time), period},
		{"memory", int64(l.Memory), granted.Memory, size},
		{"output", int64(l.Output), granted.Output, size},
		{"events", int64(l.Events), int64(granted.Events), count},
		{"log_lines", int64(l.LogLines), int64(granted.LogLines), count},
		{"fuel", l.Fuel, granted.Fuel, count},
		{"stack", int64(l.Stack), int64(granted.Stack), size},
	} {
		if limit.asks > limit.granted {
			return fmt.Sprintf("asks for %s = %s, and %s is granted: guest_%[1]s in the table limits grants more",
				limit.name, limit.text(limit.asks), limit.text(limit.granted))
		}
	}
	return ""
}

// bound returns what a call of the module may take: what it asks for, where it
// says so.
func (m Manifest) bound(granted webhook.GuestLimits) webhook.GuestLimits {
	l := m.Limits
	return webhook.GuestLimits{
		Time:   cmp.Or(time.Duration(l.Time), granted.Time),
		Memory: cmp.Or(int64(l.Memory), granted.Memory), Output: cmp.Or(int64(l.Output), granted.Output),
		Events: cmp.Or(l.Events, granted.Events), LogLines: cmp.Or(l.LogLines, granted.LogLines),
		Fuel: cmp.Or(l.Fuel, granted.Fuel), Stack: cmp.Or(int32(l.Stack), granted.Stack),
	}
}

// ungranted says which capability is asked for and not granted, or granted and not
// asked for.
func (m Manifest) ungranted(code webhook.GuestCode) string {
	for _, c := range m.Capabilities {
		if !slices.Contains(code.Grants, c) {
			return fmt.Sprintf("asks for the capability %q, which is not granted: grant = [%q] in the table [module.%q] of the configuration grants it", c, c, code.Name)
		}
	}
	for _, c := range code.Grants {
		if !slices.Contains(m.Capabilities, c) {
			return fmt.Sprintf("does not ask for the capability %q, which the configuration grants; take it back", c)
		}
	}
	return ""
}

// uses returns the function by which a module sees what a capability is about, and
// whether it imports that.
func (m *module) uses(c webhook.Capability) (function string, imports bool) {
	switch c {
	case webhook.ClockCapability:
		function = "clock_time_get"
	case webhook.RandomCapability:
		function = "random_get"
	}
	return function, slices.ContainsFunc(m.imports, func(i imported) bool { return i.Module == hostabi.WASI && i.Name == function })
}
