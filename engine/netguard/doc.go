// Package netguard dials addresses that somebody else chose: the URL of an
// endpoint, a key that a message refers to, a target that an API caller gave.
//
// A [Guard] refuses every address that is not plainly a public one: private,
// loopback, link-local, metadata, multicast and reserved ranges, and the IPv6
// forms that carry an IPv4 address inside. It judges the address that is handed
// to connect, after DNS, on every dial: a name that answers differently the
// second time gains nothing, and neither does an odd way to write an address.
//
//	guard := &netguard.Guard{Allow: []netip.Prefix{netip.MustParsePrefix("10.20.0.0/16")}}
//	client := guard.Client()
//
// What it cannot know: a translator with a prefix of the site's own (RFC 6052)
// that maps public IPv6 addresses onto private IPv4 ones, and public addresses
// that are private by arrangement. Such networks need a firewall.
package netguard
