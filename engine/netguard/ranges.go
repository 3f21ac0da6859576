package netguard

import "net/netip"

// class is a range of addresses that is refused, with the words that say why.
type class struct {
	prefix netip.Prefix
	what   string
}

// classes follow the IANA special-purpose address registries (RFC 6890) and
// what clouds have added; the first match names the address. They are never
// written to.
var classes = [...]class{
	{netip.MustParsePrefix("0.0.0.0/32"), "unspecified"},
	{netip.MustParsePrefix("0.0.0.0/8"), "of this network (0.0.0.0/8)"},
	{netip.MustParsePrefix("10.0.0.0/8"), "private"},
	{netip.MustParsePrefix("100.100.100.200/32"), "a cloud metadata service"},
	{netip.MustParsePrefix("100.64.0.0/10"), "of a carrier-grade NAT"},
	{netip.MustParsePrefix("127.0.0.0/8"), "loopback"},
	{netip.MustParsePrefix("168.63.129.16/32"), "a cloud metadata service"},
	{netip.MustParsePrefix("169.254.169.254/32"), "a cloud metadata service"},
	{netip.MustParsePrefix("169.254.0.0/16"), "link-local"},
	{netip.MustParsePrefix("172.16.0.0/12"), "private"},
	{netip.MustParsePrefix("192.0.0.192/32"), "a cloud metadata service"},
	{netip.MustParsePrefix("192.0.0.0/24"), "for protocol assignments"},
	{netip.MustParsePrefix("192.0.2.0/24"), "for documentation"},
	{netip.MustParsePrefix("192.88.99.0/24"), "a 6to4 relay"},
	{netip.MustParsePrefix("192.168.0.0/16"), "private"},
	{netip.MustParsePrefix("198.18.0.0/15"), "for benchmarks"},
	{netip.MustParsePrefix("198.51.100.0/24"), "for documentation"},
	{netip.MustParsePrefix("203.0.113.0/24"), "for documentation"},
	{netip.MustParsePrefix("224.0.0.0/4"), "multicast"},
	{netip.MustParsePrefix("255.255.255.255/32"), "broadcast"},
	{netip.MustParsePrefix("240.0.0.0/4"), "reserved"},

	{netip.MustParsePrefix("::/128"), "unspecified"},
	{netip.MustParsePrefix("::1/128"), "loopback"},
	{netip.MustParsePrefix("::/96"), "IPv4-compatible"},
	{netip.MustParsePrefix("64:ff9b::/96"), "a NAT64 form of an IPv4 address"},
	{netip.MustParsePrefix("64:ff9b:1::/48"), "a NAT64 form of an IPv4 address"},
	{netip.MustParsePrefix("100::/64"), "discard-only"},
	{netip.MustParsePrefix("2001::/32"), "a Teredo form of an IPv4 address"},
	{netip.MustParsePrefix("2001::/23"), "for protocol assignments"},
	{netip.MustParsePrefix("2001:db8::/32"), "for documentation"},
	{netip.MustParsePrefix("2002::/16"), "a 6to4 form of an IPv4 address"},
	{netip.MustParsePrefix("3ffe::/16"), "reserved"},
	{netip.MustParsePrefix("3fff::/20"), "for documentation"},
	{netip.MustParsePrefix("fd00:ec2::254/128"), "a cloud metadata service"},
	{netip.MustParsePrefix("fd20:ce::254/128"), "a cloud metadata service"},
	{netip.MustParsePrefix("fc00::/7"), "private"},
	{netip.MustParsePrefix("fe80::/10"), "link-local"},
	{netip.MustParsePrefix("fec0::/10"), "site-local"},
	{netip.MustParsePrefix("ff00::/8"), "multicast"},
}

// ofOwnNetwork reports whether addresses of a class are those that a site gives to
// its own hosts, so that a name may be allowed to have them.
func ofOwnNetwork(what string) bool {
	return what == "private" || what == "of a carrier-grade NAT" || what == "loopback"
}

// globalUnicast is all of IPv6 that has been given out for public use.
var globalUnicast = netip.MustParsePrefix("2000::/3")

// classify says what an address is that is refused, or returns "" for a public
// one. The address is unmapped and has no zone.
func classify(addr netip.Addr) string {
	if !addr.IsValid() {
		return "not an IP address"
	}
	for _, c := range classes {
		if c.prefix.Contains(addr) {
			return c.what
		}
	}
	if addr.Is6() && !globalUnicast.Contains(addr) {
		return "outside the public range 2000::/3"
	}
	return ""
}
