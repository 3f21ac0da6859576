package netguard

import (
	"fmt"
	"net/netip"
	"strings"
)

// CheckPattern reports why a text is no entry of [Guard.AllowHosts]: a name of
// letters, digits, hyphens and dots, with "*." before it for all names below.
// Addresses are not names: they belong in [Guard.Allow].
func CheckPattern(text string) error {
	name := strings.TrimPrefix(text, "*.")
	if _, err := netip.ParseAddr(name); err == nil {
		return fmt.Errorf("host %q is an address; allow its network instead", text)
	}
	for label := range strings.SplitSeq(strings.TrimSuffix(name, "."), ".") {
		if !isLabel(label) {
			return fmt.Errorf("host %q is no name; write one such as %q, or %q for all below", text, "crm.intern.example", "*.intern.example")
		}
	}
	return nil
}

func isLabel(text string) bool {
	return text != "" && len(text) <= 63 && !strings.ContainsFunc(text, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
	})
}

// allowsHost reports whether the name is one of AllowHosts.
func (g *Guard) allowsHost(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil || host == "" {
		return false
	}
	host = plainName(host)
	for _, pattern := range g.AllowHosts {
		below, wild := strings.CutPrefix(pattern, "*")
		switch {
		case wild && len(host) > len(plainName(below)) && strings.HasSuffix(host, plainName(below)):
			return true
		case !wild && host == plainName(pattern):
			return true
		}
	}
	return false
}

// plainName is a name in the one form that is compared.
func plainName(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }
