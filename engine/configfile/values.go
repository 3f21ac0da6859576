package configfile

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/hookseal/hookseal/engine/netguard"
	"github.com/hookseal/hookseal/engine/tomlfile"
)

// count is how many of something there may be, at least one.
type count int

const maxCount = 1 << 20

// UnmarshalTOML reads an integer.
func (c *count) UnmarshalTOML(value any) error {
	var n int64
	if err := tomlfile.DecodeValue(value, &n); err != nil {
		return err
	}
	if n < 1 || n > maxCount {
		return fmt.Errorf("expected an integer from 1 to %d, found %d", maxCount, n)
	}
	*c = count(n)
	return nil
}

// workers is how many processes run scripts, zero for none.
type workers int

const maxWorkers = 256

// UnmarshalTOML reads an integer.
func (w *workers) UnmarshalTOML(value any) error {
	var n int64
	if err := tomlfile.DecodeValue(value, &n); err != nil {
		return err
	}
	if n < 0 || n > maxWorkers {
		return fmt.Errorf("expected an integer from 0 to %d, found %d", maxWorkers, n)
	}
	*w = workers(n)
	return nil
}

// period is a duration that is not zero.
type period tomlfile.Duration

// UnmarshalText reads a duration with its unit.
func (p *period) UnmarshalText(text []byte) error {
	if err := (*tomlfile.Duration)(p).UnmarshalText(text); err != nil {
		return err
	}
	if *p == 0 {
		return errors.New("the duration must not be zero")
	}
	return nil
}

// DescribeTOML implements [tomlfile.Describer].
func (period) DescribeTOML() string { return tomlfile.Duration(0).DescribeTOML() }

// amount is a size that is not zero.
type amount tomlfile.Size

// UnmarshalText reads a size with its unit.
func (a *amount) UnmarshalText(text []byte) error {
	if err := (*tomlfile.Size)(a).UnmarshalText(text); err != nil {
		return err
	}
	if *a == 0 {
		return errors.New("the size must not be zero")
	}
	return nil
}

// DescribeTOML implements [tomlfile.Describer].
func (amount) DescribeTOML() string { return tomlfile.Size(0).DescribeTOML() }

// network is an address range such as 10.20.0.0/16.
type network netip.Prefix

// UnmarshalText reads a range in CIDR notation.
func (n *network) UnmarshalText(text []byte) error {
	prefix, err := netip.ParsePrefix(string(text))
	if err != nil {
		return fmt.Errorf("network %q cannot be read; write an address and a length, such as \"10.20.0.0/16\"", text)
	}
	if prefix.Addr().Is4In6() {
		return fmt.Errorf("network %q is a range of IPv4 addresses in the form of IPv6; write it as IPv4", text)
	}
	*n = network(prefix.Masked())
	return nil
}

// hostName is a host that endpoints may be on, or "*." and the name above several.
type hostName string

// UnmarshalText reads a name; see [netguard.CheckPattern].
func (h *hostName) UnmarshalText(text []byte) error {
	*h = hostName(text)
	return netguard.CheckPattern(string(text))
}

// DescribeTOML implements [tomlfile.Describer].
func (hostName) DescribeTOML() string { return `a host such as "crm.intern.example"` }

// prefixes returns networks in the standard type, nil for none that were given.
func prefixes(networks []network) []netip.Prefix {
	if networks == nil {
		return nil
	}
	out := make([]netip.Prefix, len(networks))
	for i, n := range networks {
		out[i] = netip.Prefix(n)
	}
	return out
}

// DescribeTOML implements [tomlfile.Describer].
func (network) DescribeTOML() string { return `a network such as "10.20.0.0/16"` }
