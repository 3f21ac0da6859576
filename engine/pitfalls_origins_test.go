package engine_test

import (
	"net/netip"
	"testing"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/webhook"
)

func pitfallsOfOrigins() []pitfall {
	return []pitfall{{50, "an address is believed of the connection and of trusted proxies", allowedAddresses}}
}

func allowedAddresses(t *testing.T) {
	networks := func(texts ...string) []netip.Prefix {
		var out []netip.Prefix
		for _, text := range texts {
			out = append(out, netip.MustParsePrefix(text))
		}
		return out
	}
	g := gateOf(t, engine.Config{TrustedProxies: networks("10.0.0.0/8", "fd00::/8")}, engine.Source{
		Provider: "github", Secrets: webhook.Secrets{key(t, "key")}, AllowFrom: networks("1.179.112.0/20", "203.0.113.128/25", "2a00:1450::/32"),
	})
	const peers, standard, no = "X-Forwarded-For", "Forwarded", webhook.AddressNotAllowed
	for _, tt := range []struct {
		name, remote string
		header       []string
		want         webhook.Reason
	}{
		{"within", "1.179.112.9:1", nil, accepted},
		{"the first of the range", "1.179.112.0:1", nil, accepted},
		{"the last of the range", "1.179.127.255:1", nil, accepted},
		{"before it", "1.179.111.255:1", nil, no},
		{"behind it", "1.179.128.0:1", nil, no},
		{"a top bit that is set", "203.0.113.128:1", nil, accepted},
		{"a top bit that is not", "203.0.113.127:1", nil, no},
		{"mapped to IPv6", "[::ffff:1.179.112.9]:1", nil, accepted},
		{"mapped to IPv6 and outside", "[::ffff:1.179.128.9]:1", nil, no},
		{"IPv6", "[2a00:1450::7]:1", nil, accepted},
		{"IPv6 with a zone", "[2a00:1450::7%eth0]:1", nil, accepted},
		{"IPv6 outside", "[2a00:1451::7]:1", nil, no},
		{"no address", "@", nil, no},
		{"said by the sender", "192.0.2.1:1", []string{peers, "1.179.112.9", standard, "for=1.179.112.9", "X-Real-Ip", "1.179.112.9", "Client-Ip", "1.179.112.9"}, no},
		{"said by the sender, who is within", "1.179.112.9:1", []string{peers, "192.0.2.1"}, accepted},
		{"said by a proxy", "10.0.0.1:1", []string{peers, "1.179.112.9"}, accepted},
		{"said by a proxy, mapped", "10.0.0.1:1", []string{peers, "::ffff:1.179.112.9"}, accepted},
		{"said by a proxy, with a port", "10.0.0.1:1", []string{peers, "[2a00:1450::7]:4711"}, accepted},
		{"said by a proxy after the sender's", "10.0.0.1:1", []string{peers, "1.179.112.9, 192.0.2.1"}, no},
		{"said by a proxy on a line of its own", "10.0.0.1:1", []string{peers, "1.179.112.9", peers, "192.0.2.1"}, no},
		{"said by two proxies", "10.0.0.1:1", []string{peers, "192.0.2.1, 1.179.112.9, 10.0.0.2"}, accepted},
		{"the sender calls itself a proxy", "10.0.0.1:1", []string{peers, "1.179.112.9, 10.0.0.9, 192.0.2.1"}, no},
		{"only proxies", "10.0.0.1:1", []string{peers, "10.0.0.3, 10.0.0.2"}, no},
		{"nothing said by a proxy", "10.0.0.1:1", nil, no},
		{"no address said by a proxy", "10.0.0.1:1", []string{peers, "1.179.112.9, unknown"}, no},
		{"an empty list", "10.0.0.1:1", []string{peers, ","}, no},
		{"RFC 7239", "[fd00::1]:1", []string{standard, `for="[2a00:1450::7]:80";proto=https`}, accepted},
		{"RFC 7239, the sender's comes first", "[fd00::1]:1", []string{standard, `for=1.179.112.9, for=192.0.2.1`}, no},
		{"RFC 7239, two proxies", "10.0.0.1:1", []string{standard, `for=192.0.2.9, for=1.179.112.9`, standard, `for="[fd00::7]"`}, accepted},
		{"RFC 7239, a name for an address", "10.0.0.1:1", []string{standard, `for=1.179.112.9, for=_hidden`}, no},
		{"RFC 7239, the nearest says none", "10.0.0.1:1", []string{standard, `for=1.179.112.9, proto=https`}, no},
		{"both agree", "10.0.0.1:1", []string{standard, "for=1.179.112.9", peers, "1.179.112.9"}, accepted},
		{"both differ", "10.0.0.1:1", []string{standard, "for=1.179.112.9", peers, "192.0.2.1"}, no},
		{"both differ the other way", "10.0.0.1:1", []string{standard, "for=192.0.2.1", peers, "1.179.112.9"}, no},
	} {
		g.remote = tt.remote
		want(t, tt.name, g.post("{}", append(hubHeader("{}"), tt.header...)...), tt.want)
	}
	g.remote = "192.0.2.1:1"
	want(t, "without a signature", g.post("{}"), no) // the address comes first
	g.remote = "1.179.112.9:1"
	want(t, "an address is no signature", g.post("{}"), webhook.SignatureMissing)
	v, err := g.eng.Verify(t.Context(), "in", sign(t, "github", "key", "{}"))
	if err != nil || v.Reason != no {
		t.Errorf("Verify of a request from nowhere = %+v, %v, want %s", v, err, no)
	}
	for _, bad := range [][]netip.Prefix{{}, {{}}, networks("::ffff:1.2.3.0/120")} {
		_, err := engine.Open(engine.Config{Sources: map[string]engine.Source{"in": {Provider: engine.NoVerification, AllowFrom: bad}}})
		if err == nil {
			t.Errorf("a source opens with the networks %v", bad)
		}
	}
	open := gateOf(t, engine.Config{}, engine.Source{Provider: engine.NoVerification, AllowFrom: networks("192.0.2.0/24")})
	want(t, "httptest's address where nothing is verified", open.post("{}"), accepted)
	open.remote = "198.51.100.1:1"
	want(t, "another", open.post("{}"), no)
}
